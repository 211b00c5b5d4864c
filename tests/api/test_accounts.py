"""First run, signing in and out, people and tokens."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from medialab_hub.domain import accounts as rules
from tests.fixtures.hubs import PASSWORD, HubInThread


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def setup_body(token: str, name: str = "Ada") -> dict[str, str]:
    return {"token": token, "name": name, "password": PASSWORD, "centre": "Medienzentrum", "language": "de"}


def test_the_first_run_creates_an_admin_and_signs_in(fresh_hub: HubInThread) -> None:
    with fresh_hub.stranger() as client:
        before = client.get("/api/v1/session").json()
        assert (before["authenticated"], before["setup_needed"], before["csrf"]) == (False, True, "")
        answer = client.post("/api/v1/setup", json=setup_body(token_of(fresh_hub.call(fresh_hub.hub.first_link()))))
        assert answer.status_code == 200
        assert answer.json()["role"] == "admin"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie, "this is plain HTTP"
        after = client.get("/api/v1/session").json()
        assert (after["authenticated"], after["setup_needed"], after["centre"]) == (True, False, "Medienzentrum")


def test_the_link_works_once_and_never_again_once_there_is_an_admin(fresh_hub: HubInThread) -> None:
    old = token_of(fresh_hub.call(fresh_hub.hub.first_link()))
    new = token_of(fresh_hub.call(fresh_hub.hub.first_link()))
    with fresh_hub.stranger() as client:
        for void in (old, "guess", ""):
            assert client.post("/api/v1/setup", json=setup_body(void)).json()["code"] == "setup-link-void"
        assert client.post("/api/v1/setup", json=setup_body(new)).status_code == 200
    with fresh_hub.stranger() as client:
        assert client.post("/api/v1/setup", json=setup_body(new, "Eve")).json()["code"] == "setup-link-void"
    with pytest.raises(Exception, match="setup-done"):
        fresh_hub.call(fresh_hub.hub.first_link())


def test_the_link_ends_after_a_quarter_of_an_hour(fresh_hub: HubInThread) -> None:
    token = token_of(fresh_hub.call(fresh_hub.hub.first_link()))
    fresh_hub.shift(rules.LINK_LIFE)
    with fresh_hub.stranger() as client:
        assert client.post("/api/v1/setup", json=setup_body(token)).json()["code"] == "setup-link-void"


def test_a_session_ends_when_nobody_uses_it(fresh_hub: HubInThread) -> None:
    with fresh_hub.browser() as client:
        fresh_hub.shift(rules.IDLE - timedelta(seconds=10))
        assert client.get("/api/v1/session").json()["authenticated"]
        fresh_hub.shift(rules.IDLE - timedelta(seconds=10))
        assert client.get("/api/v1/session").json()["authenticated"], "it was used in between"
        fresh_hub.shift(rules.IDLE)
        assert not client.get("/api/v1/session").json()["authenticated"]
        assert client.get("/api/v1/devices").status_code == 401


def test_a_session_ends_after_half_a_day_in_any_case(fresh_hub: HubInThread) -> None:
    with fresh_hub.browser() as client:
        for _ in range(25):
            fresh_hub.shift(timedelta(minutes=28))
            client.get("/api/v1/session")
        assert client.get("/api/v1/session").json()["authenticated"]
        fresh_hub.shift(timedelta(minutes=21))
        assert not client.get("/api/v1/session").json()["authenticated"]


def test_signing_in_again_makes_a_fresh_session_and_ends_the_old_one(hub: HubInThread) -> None:
    with hub.browser() as client:
        old = client.cookies["medialab"]
        client.post("/api/v1/session", json={"name": "ada ", "password": PASSWORD}).raise_for_status()
        assert client.cookies["medialab"] != old
        with hub.stranger() as thief:
            thief.cookies.set("medialab", old)
            assert not thief.get("/api/v1/session").json()["authenticated"]


def test_signing_out_ends_the_session_on_the_server(hub: HubInThread) -> None:
    with hub.browser() as client, hub.stranger() as thief:
        thief.cookies.set("medialab", client.cookies["medialab"])
        assert client.delete("/api/v1/session").status_code == 204
        assert not thief.get("/api/v1/session").json()["authenticated"]


def test_sessions_survive_a_restart_of_the_memory(hub: HubInThread) -> None:
    with hub.browser() as client:
        hub.call(hub.hub.admission.load())
        assert client.get("/api/v1/session").json()["name"] == "Ada"


def test_wrong_passwords_and_unknown_names_look_the_same(hub: HubInThread) -> None:
    hub.set_up()
    with hub.stranger() as client:
        answers = [
            client.post("/api/v1/session", json={"name": name, "password": "wrong"}).json()
            for name in ("Ada", "Nobody")
        ]
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "login-failed"


def test_after_five_wrong_tries_even_the_right_password_waits(fresh_hub: HubInThread) -> None:
    fresh_hub.set_up()
    with fresh_hub.stranger() as client:
        wrong = [client.post("/api/v1/session", json={"name": "Ada", "password": "no"}).status_code for _ in range(6)]
        right = client.post("/api/v1/session", json={"name": "Ada", "password": PASSWORD})
    assert wrong == [401] * 5 + [429]
    assert right.status_code == 429
    assert right.json()["code"] == "login-too-often"


def test_only_hashes_of_secrets_are_stored(hub: HubInThread) -> None:
    with hub.browser() as client:
        secrets = [client.cookies["medialab"], PASSWORD, hub.token("staff")]
        files = list(hub.hub.folder.root.glob("hub.sqlite3*"))
    stored = b"".join(file.read_bytes() for file in files)
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in stored
    assert not [secret for secret in secrets if secret.encode() in stored]


def test_people_are_added_changed_and_locked(hub: HubInThread) -> None:
    with hub.browser() as admin:
        body = {"name": "Grace", "password": "another long one", "role": "trainer"}
        grace = admin.post("/api/v1/users", json=body).json()
        assert admin.post("/api/v1/users", json={**body, "name": " GRACE "}).json()["code"] == "name-taken"
        with hub.stranger() as client:
            credentials = {"name": "grace", "password": "another long one"}
            assert client.post("/api/v1/session", json=credentials).json()["role"] == "trainer"
            assert admin.patch(f"/api/v1/users/{grace['id']}", json={"role": "staff"}).json()["role"] == "staff"
            assert client.get("/api/v1/devices").status_code == 401, "a changed account is signed out"
            admin.patch(f"/api/v1/users/{grace['id']}", json={"disabled": True})
            assert client.post("/api/v1/session", json=credentials).status_code == 401
        me = admin.get("/api/v1/session").json()["user"]
        assert admin.patch(f"/api/v1/users/{me}", json={"role": "staff"}).json()["code"] == "last-admin"
        assert admin.get("/api/v1/session").json()["role"] == "admin"
        assert [user["name"] for user in admin.get("/api/v1/users").json()] == ["Ada", "Grace"]


def test_tokens_open_until_they_are_revoked_and_need_no_csrf(hub: HubInThread) -> None:
    with hub.browser() as admin, hub.stranger() as program:
        token = admin.post("/api/v1/tokens", json={"label": "sync", "role": "staff"}).json()
        program.headers["Authorization"] = f"Bearer {token['secret']}"
        assert program.post("/api/v1/locations", json={"name": "Keller"}).status_code == 201
        listed = next(one for one in admin.get("/api/v1/tokens").json() if one["id"] == token["id"])
        assert listed["secret"] is None
        assert admin.delete(f"/api/v1/tokens/{token['id']}").status_code == 204
        assert program.get("/api/v1/devices").status_code == 401
        assert admin.delete(f"/api/v1/tokens/{token['id']}").status_code == 404


def test_the_journal_knows_pseudonyms_only(hub: HubInThread) -> None:
    with hub.browser() as admin:
        with hub.stranger() as client:
            client.post("/api/v1/session", json={"name": "my-password-by-mistake", "password": "x"})
        journal = admin.get("/api/v1/journal").json()
    kinds = {entry["kind"] for entry in journal["items"]}
    assert {"user.added", "user.signed_in", "user.sign_in_refused"} <= kinds
    assert "Ada" not in json.dumps(journal)
    assert "my-password-by-mistake" not in json.dumps(journal)
