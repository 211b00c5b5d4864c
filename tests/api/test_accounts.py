"""First run, signing in and out, people and tokens."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from medialab_hub.domain import accounts as rules
from medialab_hub.domain.roles import Role
from medialab_hub.services import accounts
from medialab_hub.services.administration import Administration
from medialab_hub.services.admission import Admission, Principal, hash_secret
from medialab_hub.storage import accounts as rows
from medialab_hub.storage.writer import UseCase, Writer
from tests.fixtures.hubs import PASSWORD, HubInThread, running_hub

T = TypeVar("T")


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


def test_an_ended_session_stays_ended_whoever_reads_the_accounts_meanwhile(hub: HubInThread) -> None:
    admission = hub.hub.admission

    async def both(person: Principal) -> None:
        await asyncio.gather(admission.load(), admission.sign_out(person))

    with hub.browser() as client:
        person = admission.by_session(client.cookies["medialab"])
        assert person is not None
        hub.call(both(person))
        assert not admission.is_live(person)
        assert not client.get("/api/v1/session").json()["authenticated"]


class LongWay(Writer):
    """A writer whose first answer is longer on its way than all others."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.asked, self.others_arrived = writer, 0, asyncio.Event()

    async def run(self, use_case: UseCase[T], *, durable: bool = False) -> T:
        self.asked += 1
        is_first = self.asked == 1
        answer = await self.writer.run(use_case, durable=durable)
        if is_first:
            await self.others_arrived.wait()
        return answer


def test_who_reads_earlier_and_arrives_later_changes_nothing(hub: HubInThread) -> None:
    async def overtake(key: str) -> set[str]:
        way = LongWay(hub.hub.writer)
        admission = Admission(way, hub.clock, hub.hub.admission.passwords)
        early = asyncio.create_task(admission.load())
        while not way.asked:
            await asyncio.sleep(0)
        await hub.hub.writer.run(lambda uow: rows.set_setting(uow.session, "overtaken", key))
        await admission.load()
        way.others_arrived.set()
        await early
        return {*admission.settings.items()}

    assert ("overtaken", "yes") in hub.call(overtake("yes"))


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


NEW = "a long second password"


def add_person(admin: httpx.Client, name: str, role: str = "staff") -> str:
    body = {"name": name, "password": PASSWORD, "role": role}
    return admin.post("/api/v1/users", json=body).raise_for_status().json()["id"]


def sign_in(client: httpx.Client, name: str, password: str) -> int:
    return client.post("/api/v1/session", json={"name": name, "password": password}).status_code


def change_password(client: httpx.Client, current: str, new: str = NEW) -> httpx.Response:
    return client.post("/api/v1/session/password", json={"current": current, "new": new})


def test_a_deleted_account_signs_in_nowhere_and_its_tokens_open_nothing(fresh_hub: HubInThread) -> None:
    hub = fresh_hub
    with hub.browser() as admin, hub.stranger() as program, hub.stranger() as another:
        linus = add_person(admin, "Linus", "admin")
        with hub.browser("Linus") as client:
            token = client.post("/api/v1/tokens", json={"label": "sync", "role": "staff"}).json()
            program.headers["Authorization"] = f"Bearer {token['secret']}"
            another.headers["Authorization"] = f"Bearer {hub.token('staff')}"
            assert program.get("/api/v1/devices").status_code == 200
            assert admin.delete(f"/api/v1/users/{linus}").status_code == 204
            assert client.get("/api/v1/devices").status_code == 401, "signed out at once"
            assert program.get("/api/v1/devices").status_code == 401, "a token ends with the account that made it"
            assert another.get("/api/v1/devices").status_code == 200, "other tokens stay"
            assert sign_in(client, "Linus", PASSWORD) == 401
        assert "Linus" not in [user["name"] for user in admin.get("/api/v1/users").json()]
        assert admin.delete(f"/api/v1/users/{linus}").json()["code"] == "user-unknown"
        assert add_person(admin, "Linus") != linus, "who comes back is a new person"
        journal = admin.get("/api/v1/journal").json()["items"]
    (entry,) = [entry for entry in journal if entry["kind"] == "account.deleted"]
    assert (entry["subject"], entry["data"]) == (linus, {})


def with_token(client: httpx.Client, maker: httpx.Client, role: str = "admin") -> str:
    """Let this client use a token that `maker` makes; returns its id."""
    token = maker.post("/api/v1/tokens", json={"label": "sync", "role": role}).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {token['secret']}"
    return token["id"]


def test_a_token_that_a_token_made_ends_with_the_account_too(fresh_hub: HubInThread) -> None:
    hub = fresh_hub
    with hub.browser() as admin, hub.stranger() as first, hub.stranger() as second, hub.stranger() as third:
        eve = add_person(admin, "Eve", "admin")
        with hub.browser("Eve") as client:
            made = [with_token(first, client), with_token(second, first), with_token(third, second)]
        assert admin.delete(f"/api/v1/tokens/{made[1]}").status_code == 204
        assert third.get("/api/v1/users").status_code == 200, "a revoked token takes nothing with it"
        assert admin.delete(f"/api/v1/users/{eve}").status_code == 204
        assert [one.get("/api/v1/users").status_code for one in (first, second, third)] == [401] * 3
        assert not {token["id"] for token in admin.get("/api/v1/tokens").json()} & {*made}
        late = hash_secret("on its way when the account was deleted")
        fresh_hub.run(lambda uow: accounts.add_token(uow, "late", Role.ADMIN, late, eve).id)
        fresh_hub.call(hub.hub.admission.load())
        first.headers["Authorization"] = "Bearer on its way when the account was deleted"
        assert first.get("/api/v1/users").status_code == 401


def test_a_token_of_the_command_line_has_no_account_it_ends_with(hub: HubInThread) -> None:
    with hub.client("admin") as program, hub.stranger() as another:
        with_token(another, program)
        assert another.get("/api/v1/users").status_code == 200


def test_tokens_of_a_locked_account_open_nothing_while_it_is_locked(fresh_hub: HubInThread) -> None:
    hub = fresh_hub
    with hub.browser() as admin, hub.stranger() as program, hub.stranger() as another:
        eve = add_person(admin, "Eve", "admin")
        with hub.browser("Eve") as client:
            key = with_token(program, client)
            with_token(another, program)
        for is_locked, status in ((True, 401), (False, 200)):
            admin.patch(f"/api/v1/users/{eve}", json={"disabled": is_locked}).raise_for_status()
            assert [one.get("/api/v1/users").status_code for one in (program, another)] == [status] * 2
            assert key in [token["id"] for token in admin.get("/api/v1/tokens").json()], "it can be revoked"
        hub.call(Administration(hub.hub.writer, hub.hub.admission).commands()["user lock"]({"name": "Eve"}))
        assert program.get("/api/v1/users").status_code == 401, "locked from the command line"


def test_a_token_can_do_no_more_than_its_maker_can_now(fresh_hub: HubInThread) -> None:
    hub = fresh_hub
    with hub.browser() as admin, hub.stranger() as program:
        eve = add_person(admin, "Eve", "admin")
        with hub.browser("Eve") as client:
            with_token(program, client)
        admin.patch(f"/api/v1/users/{eve}", json={"role": "trainer"}).raise_for_status()
        assert program.get("/api/v1/users").json()["code"] == "role-too-low"
        assert program.get("/api/v1/devices").status_code == 200


def test_the_last_admin_cannot_be_deleted(fresh_hub: HubInThread) -> None:
    with fresh_hub.browser() as admin:
        me = admin.get("/api/v1/session").json()["user"]
        answer = admin.delete(f"/api/v1/users/{me}")
        assert (answer.status_code, answer.json()["code"]) == (409, "last-admin")
        assert admin.get("/api/v1/session").json()["role"] == "admin"


def test_the_name_of_a_deleted_account_is_nowhere_in_the_database_file(tmp_path: Path) -> None:
    with running_hub(tmp_path) as running, running.browser() as admin:
        folder = running.hub.folder.root
        marge = add_person(admin, "Marge Q. Testperson")
        admin.patch(f"/api/v1/users/{marge}", json={"role": "trainer"}).raise_for_status()
        admin.delete(f"/api/v1/users/{marge}").raise_for_status()
    found = b"".join(file.read_bytes() for file in folder.glob("hub.sqlite3*"))
    assert marge.encode() in found, "the journal keeps the id"
    assert b"Testperson" not in found and b"testperson" not in found


def test_everybody_changes_their_own_password_and_stays_signed_in_here_only(fresh_hub: HubInThread) -> None:
    hub = fresh_hub
    with hub.browser() as admin:
        add_person(admin, "Rosa", "guest")
    with hub.browser("Rosa") as here, hub.browser("Rosa") as elsewhere, hub.stranger() as client:
        assert change_password(here, PASSWORD).status_code == 204
        assert here.get("/api/v1/session").json()["authenticated"]
        assert not elsewhere.get("/api/v1/session").json()["authenticated"]
        assert [sign_in(client, "Rosa", password) for password in (PASSWORD, NEW)] == [401, 200]


def test_another_password_needs_the_present_one_and_some_length(hub: HubInThread) -> None:
    with hub.browser() as client:
        answer = change_password(client, "not it")
        assert (answer.status_code, answer.json()["code"]) == (403, "password-wrong")
        assert change_password(client, PASSWORD, "short").json()["code"] == "invalid-input"
        assert client.get("/api/v1/session").json()["authenticated"], "a slip does not sign out"
    with hub.client("staff") as program:
        assert change_password(program, PASSWORD).json()["code"] == "no-password"
    with hub.stranger() as client:
        assert sign_in(client, "Ada", PASSWORD) == 200, "nothing was changed"


def test_the_language_a_person_chose_follows_them_and_no_program_has_one(hub: HubInThread) -> None:
    with hub.browser() as client, hub.client("staff") as program, hub.stranger() as stranger:
        view = client.get("/api/v1/session").json()
        assert (view["chosen_language"], view["timezone"]) == ("", "Europe/Berlin")
        assert client.put("/api/v1/session/language", json={"language": "en"}).status_code == 204
        assert client.put("/api/v1/session/language", json={"language": "fr"}).status_code == 422
        assert program.put("/api/v1/session/language", json={"language": "en"}).status_code == 404
        assert stranger.put("/api/v1/session/language", json={"language": "en"}).status_code == 401
        assert stranger.get("/api/v1/session").json()["timezone"] == "", "strangers are told how to sign in, no more"
    with hub.browser() as elsewhere:
        assert elsewhere.get("/api/v1/session").json()["chosen_language"] == "en"


def test_guessing_the_present_password_is_limited_like_signing_in(fresh_hub: HubInThread) -> None:
    with fresh_hub.browser() as client:
        wrong = [change_password(client, "no").status_code for _ in range(6)]
        right = change_password(client, PASSWORD)
    assert wrong == [403] * 5 + [429]
    assert (right.status_code, right.json()["code"]) == (429, "login-too-often")


def test_the_journal_knows_pseudonyms_only(hub: HubInThread) -> None:
    with hub.browser() as admin:
        with hub.stranger() as client:
            client.post("/api/v1/session", json={"name": "my-password-by-mistake", "password": "x"})
        journal = admin.get("/api/v1/journal").json()
    kinds = {entry["kind"] for entry in journal["items"]}
    assert {"user.added", "user.signed_in", "user.sign_in_refused"} <= kinds
    assert "Ada" not in json.dumps(journal)
    assert "my-password-by-mistake" not in json.dumps(journal)
