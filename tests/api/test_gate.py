"""Nothing answers a stranger but the listed routes; roles, own page, own name and small bodies hold everywhere."""

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import RouteContext, iter_route_contexts

from medialab_hub.api import static
from medialab_hub.api.app import describe
from medialab_hub.api.public_routes import PUBLIC, find_public
from medialab_hub.domain.roles import Role
from tests.fixtures.hubs import HubInThread, until

APP = describe()
APP.include_router(static.make_router(Path("/nowhere")))
CONTEXTS = [context for context in iter_route_contexts(APP.routes) if context.methods]
ROUTES = sorted((method, context.path) for context in CONTEXTS for method in context.methods)


def needed_role(route: RouteContext) -> Role | None:
    """The role a route asks for, read from its dependencies."""
    roles = [getattr(part.call, "needed_role", None) for part in route.original_route.dependant.dependencies]
    return next((role for role in roles if role is not None), None)


def concrete(path: str) -> str:
    """A path with something in each placeholder."""
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


def test_there_are_routes_to_walk() -> None:
    assert len(ROUTES) > 40


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_stranger_gets_nothing(hub: HubInThread, method: str, path: str) -> None:
    if find_public(method, concrete(path)) is not None:
        return
    with hub.stranger() as client:
        answer = client.request(method, concrete(path))
    assert answer.status_code == 401
    assert method == "HEAD" or answer.json()["code"] == "not-signed-in"


def test_the_public_list_is_short_and_each_entry_is_meant() -> None:
    api = {(route.method, route.path) for route in PUBLIC if "api" in route.path}
    assert api == {
        ("GET", r"(/api/v1)?/healthz"),
        ("GET", r"/api/v1/session"),
        ("POST", r"/api/v1/session"),
        ("POST", r"/api/v1/setup"),
        ("GET", r"/api/v1/calendar/[^/]+"),
        ("GET", r"/api/v1/guest/cards/[^/]+"),
        ("POST", r"/api/v1/guest/cards/[^/]+/reports"),
    }
    with_secret = {route.path for route in PUBLIC if route.secret != "none"}
    assert with_secret == {r"/api/v1/session", r"/api/v1/setup", r"/api/v1/calendar/[^/]+"}


@pytest.mark.parametrize("path", ["/api/v1/nonsense", "/api", "/docs", "/openapi.json/x", "/../etc/passwd", "/metrics"])
def test_unknown_paths_are_no_way_in(hub: HubInThread, path: str) -> None:
    with hub.stranger() as client:
        assert client.get(path).status_code in {401, 404}


def test_every_other_route_asks_for_a_role() -> None:
    unguarded = [
        route.path
        for route in CONTEXTS
        for method in route.methods
        if route.path.startswith("/api") and find_public(method, concrete(route.path)) is None
        if needed_role(route) is None
    ]
    assert unguarded == []


def test_roles_may_do_what_the_list_says(hub: HubInThread) -> None:
    clients = {role: hub.client(role) for role in Role}
    for route in CONTEXTS:
        role = needed_role(route)
        for method in route.methods if role else []:
            for asking, client in clients.items():
                if asking.covers(role) or method == "HEAD":
                    continue
                answer = client.request(method, concrete(route.path))
                assert answer.status_code == 403, f"{asking} {method} {route.path}"
                assert answer.json()["code"] == "role-too-low"
    for client in clients.values():
        client.close()


WHO_MAY = {
    ("GET", "/api/v1/devices"): Role.TRAINER,
    ("POST", "/api/v1/devices/{device_id}/reset"): Role.TRAINER,
    ("POST", "/api/v1/devices/{device_id}/actions/{action}"): Role.TRAINER,
    ("POST", "/api/v1/jobs/{job_id}/answers"): Role.TRAINER,
    ("POST", "/api/v1/jobs/{job_id}/cancel"): Role.TRAINER,
    ("POST", "/api/v1/resets"): Role.TRAINER,
    ("POST", "/api/v1/adoptions"): Role.STAFF,
    ("PATCH", "/api/v1/devices/{device_id}"): Role.STAFF,
    ("POST", "/api/v1/devices/{device_id}/retire"): Role.STAFF,
    ("POST", "/api/v1/devices/{device_id}/merge"): Role.STAFF,
    ("POST", "/api/v1/devices/{device_id}/keep-apart"): Role.STAFF,
    ("POST", "/api/v1/devices/{device_id}/baseline"): Role.STAFF,
    ("POST", "/api/v1/devices/{device_id}/maintenance"): Role.STAFF,
    ("POST", "/api/v1/jobs/{job_id}/accept"): Role.STAFF,
    ("GET", "/api/v1/jobs/{job_id}/photos/{photo_id}"): Role.TRAINER,
    ("PUT", "/api/v1/jobs/{job_id}/photos/{photo_id}"): Role.TRAINER,
    ("DELETE", "/api/v1/jobs/{job_id}/photos/{photo_id}"): Role.TRAINER,
    ("POST", "/api/v1/locations"): Role.STAFF,
    ("POST", "/api/v1/things"): Role.STAFF,
    ("GET", "/api/v1/kits"): Role.TRAINER,
    ("POST", "/api/v1/kits"): Role.STAFF,
    ("PATCH", "/api/v1/kits/{kit_id}"): Role.STAFF,
    ("DELETE", "/api/v1/kits/{kit_id}"): Role.STAFF,
    ("GET", "/api/v1/labels.pdf"): Role.STAFF,
    ("GET", "/api/v1/users"): Role.ADMIN,
    ("DELETE", "/api/v1/users/{user_id}"): Role.ADMIN,
    ("POST", "/api/v1/session/password"): Role.GUEST,
    ("POST", "/api/v1/tokens"): Role.ADMIN,
    ("GET", "/api/v1/journal"): Role.ADMIN,
    ("GET", "/api/v1/system"): Role.ADMIN,
}


def test_each_role_is_the_agreed_one() -> None:
    found = {(method, route.path): needed_role(route) for route in CONTEXTS for method in route.methods}
    assert {key: found[key] for key in WHO_MAY} == WHO_MAY


def test_a_browser_needs_its_own_csrf_token_and_its_own_page(hub: HubInThread) -> None:
    body = {"name": "Raum 1"}
    with hub.browser() as client:
        good = client.headers.pop("X-CSRF-Token")
        assert client.post("/api/v1/locations", json=body).json()["code"] == "foreign-request"
        for wrong in ("", "x", good[:-1], good + "x"):
            assert client.post("/api/v1/locations", json=body, headers={"X-CSRF-Token": wrong}).status_code == 403
        foreign = {"X-CSRF-Token": good, "Origin": "http://evil.example"}
        assert client.post("/api/v1/locations", json=body, headers=foreign).status_code == 403
        own = {"X-CSRF-Token": good, "Origin": hub.hub.url}
        assert client.post("/api/v1/locations", json=body, headers=own).status_code == 201
        assert client.get("/api/v1/places").json()["locations"][0]["name"] == "Raum 1"


def test_signing_in_is_only_taken_from_the_own_page(hub: HubInThread) -> None:
    hub.set_up()
    with hub.stranger() as client:
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.post("/api/v1/session", json={"name": "Ada", "password": "wrong"}, headers=headers)
            assert answer.json()["code"] == "foreign-request"


def test_other_names_are_refused(hub: HubInThread) -> None:
    with hub.stranger() as client:
        for host, status in (("evil.example", 421), ("", 421), ("localhost", 200), ("192.0.2.7:8080", 200)):
            assert client.get("/healthz", headers={"Host": host}).status_code == status, host


def test_fifty_megabytes_are_refused_before_they_are_read(hub: HubInThread) -> None:
    connection = http.client.HTTPConnection(urlsplit(hub.hub.url).netloc, timeout=10)
    connection.putrequest("POST", "/api/v1/session")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(50 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_without_a_length_is_cut_off_too(hub: HubInThread) -> None:
    def chunks():
        for _ in range(50):
            yield b" " * 1024 * 1024

    with hub.client() as client:
        answer = client.post("/api/v1/locations", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body-too-large"


def test_every_answer_carries_the_security_headers(hub: HubInThread) -> None:
    with hub.stranger() as client:
        for path in ("/healthz", "/api/v1/devices", "/", "/nothing.js"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers


def test_public_routes_have_a_limit(fresh_hub: HubInThread) -> None:
    with fresh_hub.stranger() as client:
        until(lambda: time.monotonic() % 60 < 55)  # the minute that is counted must not end in between
        statuses = [client.post("/api/v1/setup", json={}).status_code for _ in range(25)]
    assert statuses.count(422) == 20
    assert statuses[-5:] == [429] * 5
