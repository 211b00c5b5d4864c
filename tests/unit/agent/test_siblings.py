"""Services of one host: what stands beside a driver's own is not shown as another device."""

import asyncio

from medialab_agent.runtime.siblings import Siblings
from medialab_wire.sightings import Sighting

WAIT_S = 0.02


class Book:
    """Takes down what arrives; `_octoprint._tcp` is somebody's."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def see(self, sighting: Sighting) -> None:
        self.seen.append((sighting.key, sighting.present))

    def is_claimed(self, sighting: Sighting) -> bool:
        return sighting.facts.get("type") == "_octoprint._tcp"


def service(key: str, kind: str, host: str = "pi.local", present: bool = True) -> Sighting:
    return Sighting(source="mdns", key=key, present=present, facts={"type": kind, "host": host})


async def test_what_a_drivers_host_announces_besides_stays_unseen() -> None:
    book = Book()
    siblings = Siblings(book, WAIT_S)
    siblings.see(service("web", "_http._tcp"))
    siblings.see(service("printer", "_octoprint._tcp", "PI.local"))
    siblings.see(service("shell", "_ssh._tcp"))
    await asyncio.sleep(3 * WAIT_S)
    assert book.seen == [("printer", True)]
    siblings.see(service("printer", "_octoprint._tcp", present=False))
    siblings.see(service("web", "_http._tcp"))
    await asyncio.sleep(3 * WAIT_S)
    assert book.seen == [("printer", True), ("printer", False)]


async def test_a_driver_that_is_late_takes_over_what_is_shown() -> None:
    book = Book()
    siblings = Siblings(book, WAIT_S)
    siblings.see(service("web", "_http._tcp"))
    siblings.see(service("other", "_http._tcp", "elsewhere.local"))
    await asyncio.sleep(3 * WAIT_S)
    assert book.seen == [("web", True), ("other", True)]
    siblings.see(service("printer", "_octoprint._tcp"))
    assert book.seen[2:] == [("printer", True), ("web", False)]


async def test_what_leaves_while_it_is_held_back_was_never_there() -> None:
    book = Book()
    siblings = Siblings(book, WAIT_S)
    siblings.see(service("web", "_http._tcp"))
    siblings.see(service("web", "_http._tcp", present=False))
    await asyncio.sleep(3 * WAIT_S)
    assert ("web", True) not in book.seen


async def test_other_sources_are_passed_on_at_once() -> None:
    book = Book()
    Siblings(book, WAIT_S).see(Sighting(source="usb", key="/1-2", facts={"vid": "2341"}))
    assert book.seen == [("/1-2", True)]
