"""Errors are RFC 9457 problems in both languages, whatever went wrong."""

import pytest

from tests.fixtures.hubs import HubInThread


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/devices/dev-nothing", None, 404, None),
        ("GET", "/api/v1/jobs/job-nothing", None, 404, None),
        ("GET", "/api/v1/batches/bat-nothing", None, 404, None),
        ("GET", "/api/v1/nothing", None, 404, "not-found"),
        ("PUT", "/api/v1/devices", {}, 405, "http-error"),
        ("POST", "/api/v1/locations", {"name": ""}, 422, "invalid-input"),
        ("POST", "/api/v1/locations", {"name": "x", "typo": 1}, 422, "invalid-input"),
        ("GET", "/api/v1/devices?limit=0", None, 422, "invalid-input"),
        ("GET", "/api/v1/devices?status=broken", None, 422, "invalid-input"),
        ("GET", "/api/v1/devices?adopted=perhaps", None, 422, "invalid-input"),
        ("GET", "/api/v1/devices?after=garbage", None, 400, None),
        ("POST", "/api/v1/adoptions", {"devices": [{"device": "dev-nothing"}]}, 404, None),
        ("GET", "/api/v1/labels.pdf?devices=dev-nothing", None, 404, "no-labels"),
        ("POST", "/api/v1/resets", {"everything": True}, 409, None),
        ("POST", "/api/v1/manual-addresses", {"address": "nonsense"}, None, None),
        ("DELETE", "/api/v1/locations/loc-nothing", None, 404, None),
    ],
)
def test_it_is_a_problem(
    hub: HubInThread, method: str, path: str, body: object, status: int | None, code: str | None
) -> None:
    with hub.client() as client:
        answer = client.request(method, path, json=body)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert 400 <= answer.status_code < 500
    assert status is None or answer.status_code == status
    assert code is None or problem["code"] == code
    assert problem["title"]
    assert problem["title_de"]


def test_a_problem_of_input_names_fields_and_repeats_no_input(hub: HubInThread) -> None:
    with hub.stranger() as client:
        answer = client.post("/api/v1/session", json={"name": "x" * 99, "password": "secret" * 99})
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "password"}
    assert "secretsecret" not in answer.text


def test_broken_json_is_a_problem(hub: HubInThread) -> None:
    with hub.client() as client:
        headers = {"Content-Type": "application/json"}
        answer = client.post("/api/v1/locations", content=b'{"name": ', headers=headers)
    assert answer.json()["code"] == "invalid-input"


def test_a_mistake_of_the_hub_is_a_problem_and_tells_nothing(hub: HubInThread) -> None:
    broken = hub.hub.fleet.page
    hub.hub.fleet.page = lambda *_: 1 / 0
    try:
        with hub.client() as client:
            answer = client.get("/api/v1/devices")
    finally:
        hub.hub.fleet.page = broken
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal-error"
    assert "division" not in answer.text
