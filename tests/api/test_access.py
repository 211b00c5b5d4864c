"""Access over the API: it goes in, and nothing of it comes out, to nobody."""

import httpx
import pytest

from medialab_hub.adapters.sealing import seal
from medialab_wire.sealed import to_text
from tests.fixtures.hubs import HubInThread
from tests.fixtures.locked import bring

SECRET = "Zauberwald 7"
KEY = to_text(b"\x09" + bytes(31))
"""The base point of the curve (RFC 7748, section 4.1): a public key like any other."""


@pytest.fixture(scope="module")
def device(hub: HubInThread) -> str:
    """It needs a password."""
    return hub.run(lambda uow: bring(uow, KEY))


def put(client: httpx.Client, device: str, values: object) -> httpx.Response:
    return client.put(f"/api/v1/devices/{device}/access", json={"values": values})


def test_it_is_entered_shown_as_entered_and_forgotten(hub: HubInThread, device: str) -> None:
    with hub.client("staff") as client:
        answer = put(client, device, {"password": SECRET})
        assert answer.status_code == 200
        (password, user) = answer.json()["keys"]
        assert (password["key"], password["state"], password["by"]) == (
            "password",
            "entered",
            {"de": "test staff", "en": "test staff"},
        )
        assert (user["key"], user["state"], user["since"], user["optional"]) == ("user", "missing", None, True)
        assert client.get(f"/api/v1/devices/{device}/access").json() == answer.json()
        assert SECRET not in answer.text
        assert client.delete(f"/api/v1/devices/{device}/access").status_code == 204
        states = [key["state"] for key in client.get(f"/api/v1/devices/{device}/access").json()["keys"]]
        assert states == ["missing", "missing"]
        assert client.delete(f"/api/v1/devices/{device}/access").status_code == 404


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"password": SECRET * 30}, "access-too-long"),
        ({"password": SECRET + "\n" + SECRET}, "access-unreadable"),
        ({"password": SECRET, "pin": SECRET}, "access-unknown-key"),
        ({"user": SECRET}, "access-missing"),
        ({}, "invalid-input"),
        ({"password": [SECRET]}, "invalid-input"),
        ({"password": None, "user": SECRET}, "invalid-input"),
        (SECRET, "invalid-input"),
        ({SECRET: ["x"]}, "invalid-input"),
        ({SECRET: SECRET}, "access-unknown-key"),
    ],
)
def test_no_problem_repeats_what_was_typed(
    hub: HubInThread, device: str, values: object, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), hub.client("staff") as client:
        answer = put(client, device, values)
    assert answer.json()["code"] == code
    assert SECRET not in answer.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("body", [{SECRET: "x"}, {"values": {SECRET: ["x"]}}, {"values": {"password": {SECRET: 1}}}])
def test_no_problem_repeats_what_was_typed_as_a_name(hub: HubInThread, device: str, body: object) -> None:
    with hub.client("staff") as client:
        answer = client.put(f"/api/v1/devices/{device}/access", json=body)
    assert answer.json()["code"] == "invalid-input"
    assert answer.json()["errors"]
    assert SECRET not in answer.text


def test_trainers_see_whether_and_staff_enters(hub: HubInThread, device: str) -> None:
    with hub.client("trainer") as client:
        assert client.get(f"/api/v1/devices/{device}/access").status_code == 200
        assert put(client, device, {"password": SECRET}).status_code == 403
        assert client.delete(f"/api/v1/devices/{device}/access").status_code == 403
    with hub.client("guest") as client:
        assert client.get(f"/api/v1/devices/{device}/access").status_code == 403
    with hub.stranger() as client:
        assert client.get(f"/api/v1/devices/{device}/access").status_code == 401
        assert put(client, device, {"password": SECRET}).status_code == 401


def test_a_device_nobody_knows_has_no_access(hub: HubInThread) -> None:
    with hub.client("staff") as client:
        assert client.get("/api/v1/devices/dev-nobody/access").status_code == 404
        assert put(client, "dev-nobody", {"password": SECRET}).status_code == 404


def test_an_unusable_key_of_an_agent_is_said(hub: HubInThread) -> None:
    zero = hub.run(lambda uow: bring(uow, "A" * 43, "t2", "cart"))
    with hub.client("staff") as client:
        assert put(client, zero, {"password": SECRET}).json()["code"] == "agent-key-unusable"


def test_it_is_in_no_file_of_the_hub(fresh_hub: HubInThread) -> None:
    device = fresh_hub.run(lambda uow: bring(uow, KEY))
    assert seal(KEY, "t1", "password", SECRET)
    with fresh_hub.client("staff") as client:
        assert put(client, device, {"password": SECRET}).is_success
    folder = fresh_hub.hub.folder.root
    written = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(b"entered_access" in content for content in written.values())
    assert not [path for path, content in written.items() if SECRET.encode() in content]
