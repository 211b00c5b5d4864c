"""A photo with an answer, the whole road: Chromium, hub, broker, a real agent with the driver of checklists."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import Lab, running_lab
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until
from tests.chaos.processes import agent_program
from tests.fixtures import pictures

Begin = Callable[[], str]
PHONE = {"name": "Mias Handy 2026-11-23.jpg", "mimeType": "image/jpeg", "buffer": pictures.photo(3000, 2000)}
KEPT = "Das Foto ist angekommen"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Begin]]:
    """A lab with nothing but Bee-Bots; and how the next of them gets to its first question."""
    folder = tmp_path_factory.mktemp("photos")
    with running_lab(folder, []) as lab, ExitStack() as stack:
        lab.hub.set_up()
        agent = agent_program(folder, lab.hub.hub.settings.mqtt_url, 1, 2)
        agent.env["MEDIALAB_SOURCES"] = "manual"
        agent.start()
        stack.callback(agent.stop)
        staff = stack.enter_context(lab.hub.client("staff"))
        numbers = count(1)

        def begin() -> str:
            entered = staff.post("/api/v1/things", json={"device_class": "bee-bot", "count": 1}).raise_for_status()
            name = f"Bee-Bot {next(numbers)}"
            until(lambda: lab.has(name), f"{entered.text} was not found: {agent.last_words()}")
            device = lab.device(name)["id"]
            staff.post("/api/v1/adoptions", json={"devices": [{"device": device}]}).raise_for_status()
            reset = {"json": {"grace_s": 0}}
            until(lambda: staff.post(f"/api/v1/devices/{device}/reset", **reset).is_success, "no reset could begin")
            until(lambda: lab.device(name)["status"] == "waiting_person", "nobody was asked")
            return str(staff.get("/api/v1/jobs", params={"device": device}).json()["items"][0]["id"])

        until(lambda: bool(_by_hand(staff)), f"the agent announced no such driver: {agent.last_words()}")
        yield lab, begin


def _by_hand(staff: Any) -> list[str]:
    return [driver["id"] for driver in staff.get("/api/v1/drivers").json()["items"] if driver["by_hand"]]


@pytest.fixture
def guest(chromium: Browser, room: tuple[Lab, Begin]) -> Iterator[Visitor]:
    """Somebody signed in at that lab."""
    yield from visitors(chromium, room[0], signed_in=True)


def _finish(page: Page, answers: int) -> None:
    for _ in range(answers):
        button = page.get_by_role("button", name="Erledigt")
        asked = page.locator("li.waiting_person .ask strong").first.inner_text()
        button.click()
        expect(page.locator("li.waiting_person .ask strong", has_text=asked)).to_have_count(0)
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_role("heading", name="Nachweis der Zurücksetzung")).to_be_visible()


def _detail(lab: Lab, job: str) -> Any:
    with lab.hub.client("trainer") as client:
        return client.get(f"/api/v1/jobs/{job}").json()


def test_a_photo_belongs_to_its_answer_and_to_the_record(guest: Visitor, room: tuple[Lab, Begin]) -> None:
    lab, job = room[0], room[1]()
    page = guest.open(f"/jobs/{job}")
    expect(page.get_by_text("Nur das Gerät fotografieren, keine Personen.")).to_be_visible()
    expect(page.get_by_text("Es geht auch ohne")).to_be_visible()
    field = page.locator("input[type=file]")
    assert (field.get_attribute("accept"), field.get_attribute("capture")) == ("image/*", None), "or choose one"
    field.set_input_files(files=[PHONE])  # type: ignore[list-item]
    expect(page.get_by_role("status").filter(has_text=KEPT)).to_be_visible()
    assert not guest.violations()
    page.reload()
    expect(page.get_by_role("status").filter(has_text=KEPT)).to_be_visible()
    _finish(page, 4)

    (photo,) = _detail(lab, job)["photos"]
    with lab.hub.client("trainer") as client:
        data = client.get(f"/api/v1/jobs/{job}/photos/{photo['id']}").content
    with Image.open(io.BytesIO(data)) as kept:
        assert (kept.size, not kept.getexif()) == ((1600, 1067), True)
    assert sha256(data).hexdigest() == photo["sha256"]
    assert pictures.NAME.encode() not in data and b"Mia" not in data
    expect(page.get_by_role("row", name=re.compile("Alle Teile sind da.*mit Foto"))).to_be_visible()
    expect(page.get_by_text(photo["sha256"])).to_be_visible()

    page.get_by_role("button", name="Foto ansehen").click()
    large = page.get_by_role("dialog").get_by_role("img")
    expect(large).to_be_visible()
    assert large.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 1600
    assert not guest.violations()
    page.get_by_role("button", name="Foto löschen").click()
    page.get_by_role("button", name="Endgültig löschen").click()
    expect(page.get_by_text("Foto gelöscht:")).to_be_visible()
    expect(page.get_by_text(photo["sha256"])).to_be_visible()


def test_without_a_connection_it_waits_on_the_phone_and_is_sent_again(guest: Visitor, room: tuple[Lab, Begin]) -> None:
    lab, job = room[0], room[1]()
    page = guest.open(f"/jobs/{job}")
    guest.context.set_offline(True)
    page.locator("input[type=file]").set_input_files(files=[PHONE])  # type: ignore[list-item]
    expect(page.get_by_role("alert").filter(has_text="Das Foto ist nicht angekommen.")).to_be_visible()
    guest.context.set_offline(False)
    page.get_by_role("alert").get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text=KEPT)).to_be_visible()
    (photo,) = _detail(lab, job)["photos"]
    assert photo["answered"] is False

    page.get_by_role("button", name="Foto weglassen").click()
    expect(page.locator("input[type=file]")).to_be_focused()
    _finish(page, 4)
    expect(page.get_by_role("row", name=re.compile("Alle Teile sind da.*ohne Foto bestätigt"))).to_be_visible()
    expect(page.get_by_role("heading", name="Fotos")).to_have_count(0)


def test_what_is_no_picture_is_said_and_keeps_nobody_from_answering(guest: Visitor, room: tuple[Lab, Begin]) -> None:
    job = room[1]()
    page = guest.open(f"/jobs/{job}")
    fake = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": pictures.HTML}
    page.locator("input[type=file]").set_input_files(files=[fake])  # type: ignore[list-item]
    expect(page.get_by_role("alert").filter(has_text="Dieses Bild lässt sich nicht öffnen.")).to_be_visible()
    svg = {"name": "bild.svg", "mimeType": "image/svg+xml", "buffer": pictures.SVG}
    page.locator("input[type=file]").set_input_files(files=[svg])  # type: ignore[list-item]
    page.get_by_role("button", name="Geht nicht").click()
    page.get_by_label("Was geht nicht?").fill("Ladekabel fehlt")
    page.get_by_role("button", name="Melden").click()
    expect(page.get_by_role("link", name="Nachweis ansehen")).to_be_visible()
    expect(page.get_by_text("ohne Foto bestätigt")).to_have_count(0)
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_role("heading", name="Nachweis der Zurücksetzung")).to_be_visible()
    expect(page.get_by_text("ohne Foto bestätigt")).to_have_count(0)
