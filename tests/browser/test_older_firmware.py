"""A reset that would write an older firmware: staff say why, it is ordered again, and the record shows the reason."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN

WHY = "Die neue leert den Akku"


def test_staff_order_the_older_one_with_a_reason(visitor: Visitor) -> None:
    name = CLEAN[8]
    next(device for device in visitor.lab.agent.devices.values() if device.name == name).manner = "older"
    page = visitor.open_device(name)
    page.get_by_role("button", name="Zurücksetzen", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Zurücksetzen").click()
    expect(page.get_by_text("Diese Firmware ist älter.").first).to_be_visible()
    page.get_by_role("link", name="Ganze Seite").first.click()
    order = page.get_by_role("button", name="Ältere Firmware aufspielen")
    order.click()
    expect(page.get_by_text("Bitte schreiben Sie einen kurzen Grund.")).to_be_visible()
    page.get_by_label("Trotzdem aufspielen, weil").fill(WHY)
    order.click()
    expect(page.get_by_text("sauber, nachgewiesen").first).to_be_visible()
    expect(order).to_be_hidden()
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_text(WHY)).to_be_visible()
