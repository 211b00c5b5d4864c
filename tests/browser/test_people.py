"""Accounts: somebody who forgot the password gets a new one."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

OLD, NEW = "a long first password", "a long second password"
NAME = "Grace"


def test_a_new_password_replaces_the_forgotten_one(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as admin:
        person = {"name": NAME, "password": OLD, "role": "trainer"}
        admin.post("/api/v1/users", json=person).raise_for_status()
    page = visitor.open("/more?page=people")
    line = page.get_by_role("listitem").filter(has_text=NAME)
    line.get_by_role("button", name="Neues Passwort").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Neues Passwort", exact=True).fill(NEW)
    dialog.get_by_role("button", name="Speichern").click()
    expect(dialog).to_have_count(0)
    with visitor.lab.hub.stranger() as grace:
        statuses = [
            grace.post("/api/v1/session", json={"name": NAME, "password": word}).status_code for word in (OLD, NEW)
        ]
    assert statuses == [401, 200]
