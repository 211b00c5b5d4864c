"""Sightings become connections: grouped, stable, tied, chosen, gone; strangers' phones stay unseen."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

import medialab_agent.drivers
from medialab_agent.cli.new_driver import DriverName, scaffold
from medialab_agent.runtime.registry import MOST_UNCLAIMED, Registry, dev_id
from medialab_agent.runtime.shelf import Shelf
from medialab_wire.reports import Access, Presence, Report
from medialab_wire.sightings import Sighting
from tests.fixtures.waiting import until

NAMES = ("rocket one", "rocket two", "rocket raw")


class Scrap:
    """A memory that keeps nothing."""

    def get(self, name: str) -> str | None:
        return None

    def put(self, name: str, value: str | None) -> None:
        return None


class Seen:
    """A registry and the last report of each connection."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.reports: dict[str, Report] = {}
        self.registry = Registry(
            shelf, lambda _dev: Scrap(), lambda _driver: {}, lambda report: self.reports.update({report.dev: report})
        )

    def see(self, source: str, key: str, present: bool = True, **facts: str) -> None:
        self.registry.see(Sighting(source=source, key=key, present=present, facts=facts))

    @property
    def only(self) -> Report:
        (report,) = self.reports.values()
        return report


@pytest.fixture
async def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Seen]:
    """Two drivers that match alike, one more that breaks when asked."""
    monkeypatch.setattr(medialab_agent.drivers, "__path__", [*medialab_agent.drivers.__path__, str(tmp_path)])
    for name in NAMES:
        scaffold(DriverName.of(name), tmp_path, tmp_path / "tests")
        manifest = tmp_path / DriverName.of(name).folder / "manifest.toml"
        scheme = "raw" if name == "rocket raw" else "rocket"
        manifest.write_text(manifest.read_text().replace(f'"{name.replace(" ", "-")}" }}', f'"{scheme}" }}'))
    broken = tmp_path / "rocket_raw" / "driver.py"
    broken.write_text(broken.read_text().replace('address = sighting.facts.get("address")', "raise KeyError(1)"))
    things = Seen(Shelf([tmp_path]))
    yield things
    await things.registry.close()


def test_an_id_is_stable_and_of_the_wires_alphabet() -> None:
    assert dev_id("octoprint", "Übung/1") == dev_id("octoprint", "Übung/1")
    assert dev_id("a", "b") != dev_id("ab", "")
    Report(dev=dev_id("x" * 63, "k" * 600), birth=0, seq=0)
    Report(dev=dev_id(None, "k"), birth=0, seq=0)


async def test_a_tie_is_a_persons_choice(seen: Seen) -> None:
    seen.see("manual", "rocket://h:1", scheme="rocket", address="127.0.0.1", port="1")
    tied = seen.only
    assert tied.access is Access.NEEDS_PERSON
    assert tied.candidates == ("rocket-one", "rocket-two")
    assert tied.help is not None
    seen.registry.choose({tied.dev: "rocket-two"})
    await until(lambda: any(report.driver == "rocket-two" for report in seen.reports.values()))
    assert seen.reports[tied.dev].presence is Presence.ABSENT
    (chosen,) = (report for report in seen.reports.values() if report.driver)
    assert chosen.formerly == tied.dev, "so that the hub keeps it one and the same device"


def _held(seen: Seen) -> Sequence[Report]:
    return [report for report in seen.reports.values() if report.presence is not Presence.ABSENT]


async def test_a_choice_can_be_changed_and_the_driver_before_lets_go_first(seen: Seen) -> None:
    seen.see("manual", "rocket://h:1", scheme="rocket", address="127.0.0.1", port="1")
    tied = seen.only
    seen.registry.choose({tied.dev: "rocket-two"})
    await until(lambda: [report.driver for report in _held(seen)] == ["rocket-two"])
    (two,) = _held(seen)
    assert two.candidates == tied.candidates, "so that a person can choose again"
    before = seen.registry.session(two.dev)
    assert before is not None
    async with before.reserved():
        seen.registry.choose({tied.dev: "rocket-one"})
        assert seen.reports[two.dev].presence is Presence.ABSENT
        await asyncio.sleep(0.05)
        assert _held(seen) == [], "an order at work keeps the thing to itself"
    await until(lambda: [report.driver for report in _held(seen)] == ["rocket-one"])
    (one,) = _held(seen)
    assert (one.formerly, one.candidates) == (tied.dev, tied.candidates)
    seen.registry.choose({tied.dev: "rocket-two"})
    await until(lambda: [report.dev for report in _held(seen)] == [two.dev])


async def test_a_choice_can_be_taken_back(seen: Seen) -> None:
    seen.see("manual", "rocket://h:1", scheme="rocket", address="127.0.0.1", port="1")
    tied = seen.only
    seen.registry.choose({tied.dev: "rocket-two"})
    await until(lambda: [report.driver for report in _held(seen)] == ["rocket-two"])
    seen.registry.choose({})
    assert _held(seen) == [tied]
    (other,) = (report for report in seen.reports.values() if report.dev != tied.dev)
    assert other.presence is Presence.ABSENT


async def test_other_choices_leave_a_chosen_thing_alone(seen: Seen) -> None:
    seen.see("manual", "rocket://h:1", scheme="rocket", address="127.0.0.1", port="1")
    tied = seen.only
    seen.registry.choose({tied.dev: "rocket-two"})
    await until(lambda: [report.driver for report in _held(seen)] == ["rocket-two"])
    (two,) = _held(seen)
    seen.registry.choose({tied.dev: "rocket-two", "seen-elsewhere": "rocket-one"})
    assert _held(seen) == [two]


async def test_a_driver_that_breaks_is_condemned_and_the_thing_shown_without_it(seen: Seen) -> None:
    seen.see("manual", "raw://h:1", scheme="raw", address="127.0.0.1")
    assert seen.only.access is Access.NONE
    assert "rocket-raw" not in seen.shelf
    assert len(seen.shelf.facts()) == 1


async def test_services_of_one_host_are_one_thing(seen: Seen) -> None:
    for kind in ("_http._tcp", "_ipp._tcp", "_ssh._tcp"):
        seen.see("mdns", f"x.{kind}", type=kind, name="Drucker 3", host="drucker-3.local", address="192.0.2.3")
    assert len(seen.reports) == 1
    assert seen.only.name == "Drucker 3"
    assert seen.only.driver is None
    assert seen.only.facts["host"] == "drucker-3.local"
    for kind in ("_http._tcp", "_ipp._tcp"):
        seen.see("mdns", f"x.{kind}", present=False)
    assert seen.only.presence is Presence.PRESENT
    seen.see("mdns", "x._ssh._tcp", present=False)
    assert seen.only.presence is Presence.ABSENT


async def test_what_belongs_to_people_is_not_shown(seen: Seen) -> None:
    seen.see("ble", "AA:BB", name="Annas Handy")
    seen.see("mdns", "p._companion-link._tcp", type="_companion-link._tcp", name="Annas Handy", host="anna.local")
    assert seen.reports == {}


async def test_a_thing_with_a_serial_number_is_the_same_in_another_port(seen: Seen) -> None:
    seen.see("usb", "/1-1", vid="1234", pid="5678", serial="S1", product="Messgerät")
    first = seen.only
    seen.see("usb", "/1-1", present=False)
    seen.see("usb", "/1-2", vid="1234", pid="5678", serial="S1", product="Messgerät")
    assert seen.only.dev == first.dev
    assert seen.only.presence is Presence.PRESENT
    assert seen.only.identities[0].scope == "usb-1234-5678"


async def test_a_flood_of_strangers_is_bounded_and_room_is_made_by_what_is_gone(seen: Seen) -> None:
    for number in range(MOST_UNCLAIMED + 50):
        seen.see("usb", f"/{number}", vid="1", pid=str(number))
    assert len(seen.registry.devices) == MOST_UNCLAIMED
    seen.see("usb", "/0", present=False)
    seen.see("usb", "/new", vid="2", pid="2")
    assert len(seen.registry.devices) == MOST_UNCLAIMED
    assert dev_id(None, "usb:/new") in seen.registry.devices
