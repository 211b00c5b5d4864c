"""What is asked before it is done, and what is not offered at all."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.browser.work import ASKS, BARE, BLOCKED, HALTED, until


def _jobs(visitor: Visitor, name: str) -> list[str]:
    with visitor.lab.hub.client() as client:
        found = client.get("/api/v1/jobs", params={"device": visitor.lab.device(name)["id"]}).raise_for_status()
    return [job["action"] for job in found.json()["items"]]


def _reset(visitor: Visitor, name: str, status: str) -> None:
    with visitor.lab.hub.client() as client:
        device = visitor.lab.device(name)["id"]
        client.post(f"/api/v1/devices/{device}/reset", json={"grace_s": 0}).raise_for_status()
    until(lambda: visitor.lab.device(name)["status"] == status, f"{name} did not become {status}")


def test_traces_become_part_of_the_good_state_only_after_a_question(visitor: Visitor) -> None:
    before = _jobs(visitor, ASKS)
    page = visitor.open_device(ASKS)
    button = page.get_by_role("button", name="Guten Zustand neu festhalten")
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text("Fotos: 4")
    expect(dialog.get_by_text("bleibt bei jedem Zurücksetzen erhalten")).to_be_visible()
    assert not visitor.violations()
    dialog.get_by_role("button", name="Abbrechen").click()
    assert _jobs(visitor, ASKS) == before
    button.click()
    dialog.get_by_role("button", name="Trotzdem festhalten").click()
    expect(dialog).to_have_count(0)
    until(lambda: _jobs(visitor, ASKS) == ["record-baseline", *before], "no good state was recorded")


def test_without_traces_there_is_nothing_to_ask(visitor: Visitor) -> None:
    device = visitor.lab.agent.devices["bare"]
    device.traces = {}
    visitor.lab.agent.report(device)
    until(lambda: visitor.lab.device(BARE)["traces"] == 0, "the hub did not hear of it")
    before = _jobs(visitor, BARE)
    page = visitor.open_device(BARE)
    page.get_by_role("button", name="Guten Zustand neu festhalten").click()
    until(lambda: _jobs(visitor, BARE) == ["record-baseline", *before], "no good state was recorded")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_block_ends_only_after_its_consequence_was_named(visitor: Visitor) -> None:
    _reset(visitor, BLOCKED, "quarantined")
    page = visitor.open_device(BLOCKED)
    page.get_by_role("button", name="Sperre aufheben").click()
    dialog = page.get_by_role("dialog", name=f"Sperre von {BLOCKED} aufheben?")
    expect(dialog.get_by_text("Ohne Sperre gilt es als benutzt, nicht als bereit.")).to_be_visible()
    assert not visitor.violations()
    dialog.get_by_role("button", name="Abbrechen").click()
    assert visitor.lab.device(BLOCKED)["status"] == "quarantined"
    page.get_by_role("button", name="Sperre aufheben").click()
    dialog.get_by_role("button", name="Sperre aufheben").click()
    until(lambda: visitor.lab.device(BLOCKED)["status"] == "used", "the block did not end")


def test_nobody_may_sign_for_a_reset_that_was_stopped_half_way(visitor: Visitor) -> None:
    _reset(visitor, HALTED, "waiting_person")
    page = visitor.open_device(HALTED)
    page.get_by_role("button", name="Abbrechen").click()
    expect(page.get_by_text("Das Zurücksetzen wurde abgebrochen.").first).to_be_visible()
    expect(page.get_by_text("wurde zurückgesetzt")).to_have_count(0)
    page.get_by_role("link", name="Nachweis ansehen").wait_for()
    expect(page.get_by_role("button", name="Trotzdem annehmen")).to_have_count(0)
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_role("heading", name="Nachweis der Zurücksetzung")).to_be_visible()
    expect(page.get_by_text("Das Zurücksetzen wurde abgebrochen.")).to_be_visible()
    expect(page.get_by_text("Verglichen mit")).to_be_visible()


def test_escape_stops_the_reset_of_one_device(visitor: Visitor) -> None:
    page = visitor.open_device(ASKS)
    before = visitor.lab.device(ASKS)["traces"]
    page.get_by_role("button", name="Zurücksetzen", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Zurücksetzen").press("Enter")
    expect(page.get_by_role("button", name="Stopp")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("abgebrochen").first).to_be_visible()
    assert visitor.lab.device(ASKS)["traces"] == before


def test_the_tiles_of_today_are_all_devices_together(visitor: Visitor) -> None:
    page = visitor.open("/")
    rows = [row for row in visitor.lab.rows() if row["status"] != "retired"]
    assert any(row["status"] == "maintenance" for row in rows)
    figures = page.locator(".numbers-list .n")
    expect(page.get_by_role("link", name="in Wartung")).to_be_visible()
    assert sum(int(figure) for figure in figures.all_inner_texts()) == len(rows)
