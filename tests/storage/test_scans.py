"""Scans are taken once, in whatever order, and lend and return; labels are claimed and never moved silently."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from medialab_hub.domain.scanning import CodeNoun, EventKind, ScanMode
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import allocations, bookings, codes, kits, lending, scan_rows, scanning
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.scanning import Opening, Told
from medialab_hub.storage import allocations as rows
from medialab_hub.storage import bookings as booking_rows
from medialab_hub.storage.tables import Booking, Device, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.fixtures.outbox import PERMUTATIONS, deliver
from tests.storage.test_bookings import days, lab, state

MOST_WHOLE = 5
"""Orders in which 500 scans are really lent and returned; `tests/property/hub/test_scanning.py` tries them all."""


class Desk:
    """A lab with labels on everything, and somebody who scans."""

    def __init__(self, core: HubCore, devices: int = 3, people: int = 2) -> None:
        self.core, self.number = core, 0
        self.model, self.devices = lab(core, devices)
        self.people = [core.do(self._person, f"per-{number}") for number in range(people)]
        self.codes = core.do(codes.make, devices + people + 1, "staff")
        things = [(CodeNoun.DEVICE, key) for key in self.devices] + [(CodeNoun.PERSON, key) for key in self.people]
        for code, thing in zip(self.codes, things, strict=False):
            core.do(codes.claim, code, thing, "staff")
        self.free = self.codes[-1]
        self.start = core.clock.now()

    def _person(self, uow: UnitOfWork, key: str) -> str:
        uow.session.add(Person(id=key, given_name="A", family_name="B", added_at=uow.now, used_at=uow.now))
        return key

    def device(self, index: int) -> str:
        return self.codes[index]

    def person(self, index: int) -> str:
        return self.codes[len(self.devices) + index]

    def open(self, mode: ScanMode = ScanMode.OUT, **named: Any) -> str:
        return self.core.do(scanning.start, Opening(mode, **named), "staff")

    def event(self, seconds: float, raw: str = "", undo: str = "", fact: bool = False, client: str = "a") -> Told:
        self.number += 1
        kind = EventKind.UNDO if undo else EventKind.SCAN
        at = self.start + timedelta(seconds=seconds)
        return Told(f"event-{self.number}", client, self.number, at, kind, raw, undo, fact)

    def mark(self, seconds: float, device: str, kind: EventKind = EventKind.TICK, fact: bool = False) -> Told:
        return replace(self.event(seconds, fact=fact), kind=kind, about=device)

    def take(self, session: str, *events: Told) -> dict[str, Any]:
        self.core.do(scanning.take, session, events, "staff")
        return self.view(session)

    def view(self, session: str) -> dict[str, Any]:
        return self.core.read(scan_rows.one, session)

    def loan(self, device: str) -> Booking | None:
        def look(uow: UnitOfWork) -> Booking | None:
            unit = rows.out(uow.session, device)
            return None if unit is None else booking_rows.of_allocation(uow.session, unit)

        return self.core.do(look)

    def holder(self, device: str) -> str | None:
        booking = self.loan(device)
        return None if booking is None else booking.person_id

    def waits(self, device: str) -> bool:
        return self.core.do(lambda uow: rows.awaiting_proof(uow.session, device) is not None)


def told(view: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return sorted((item["device"], item["state"], item["person"]) for item in view["items"])


def _states(case: dict[str, Any]) -> list[tuple[str, str]]:
    return [(member["device"], member["state"]) for member in case["members"]]


def problems(view: dict[str, Any]) -> list[str]:
    return sorted(one["code"] for one in view["conflicts"])


def test_codes_are_made_claimed_and_never_moved_silently(core: HubCore) -> None:
    desk = Desk(core)
    first, second, _ = desk.devices
    assert core.read(codes.label, desk.free.lower()) == codes.Label(desk.free)
    core.do(codes.claim, f"HTTP://HUB/I/{desk.free}", (CodeNoun.DEVICE, first), "staff")
    core.do(codes.claim, desk.free, (CodeNoun.DEVICE, first), "staff")
    with pytest.raises(Conflict, match="code-taken"):
        core.do(codes.claim, desk.free, (CodeNoun.DEVICE, second), "staff")
    core.do(codes.claim, desk.free, (CodeNoun.DEVICE, second), "staff", instead_of=first)
    assert core.read(codes.label, desk.free) == codes.Label(desk.free, CodeNoun.DEVICE, second)
    kit = core.do(kits.add, "Koffer", [], "staff")
    core.do(codes.claim, desk.free, (CodeNoun.KIT, kit), "staff", instead_of=second)
    core.do(kits.remove, kit, "staff")
    core.do(codes.claim, desk.free, (CodeNoun.DEVICE, first), "staff")
    with pytest.raises(NotFound, match="no-such-code"):
        core.do(codes.claim, "7K3F9QX", (CodeNoun.DEVICE, first), "staff")
    with pytest.raises(NotFound, match="no-such-kit"):
        core.do(codes.claim, core.do(codes.make, 1, "staff")[0], (CodeNoun.KIT, "kit-none"), "staff")
    with pytest.raises(HubError, match="no-code"):
        core.do(codes.claim, "hello", (CodeNoun.DEVICE, first), "staff")


def test_an_asset_tag_is_read_in_any_case(core: HubCore) -> None:
    desk = Desk(core)
    tag = core.do(lambda uow: uow.session.get(Device, desk.devices[0]).asset_tag)  # type: ignore[union-attr]
    for raw in (tag, tag.lower(), f"HTTP://HUB/FIND/{tag}"):
        found = core.read(codes.meaning, raw)
        assert found is not None and found.id == desk.devices[0]


def test_person_and_items_go_out_in_one_loan_and_come_back(core: HubCore) -> None:
    desk = Desk(core)
    session = desk.open()
    view = desk.take(session, desk.event(0, desk.device(0)))
    assert problems(view) == ["no-person-yet"]
    view = desk.take(session, desk.event(20, desk.person(0)), desk.event(21, desk.device(1)))
    assert told(view) == sorted((key, "out", "per-0") for key in desk.devices[:2])
    assert not view["conflicts"]
    assert len({desk.loan(key).id for key in desk.devices[:2]}) == 1
    view = desk.take(session, desk.event(60, desk.device(0)))
    assert (desk.devices[0], "back", "per-0") in told(view)
    assert (desk.holder(desk.devices[0]), desk.holder(desk.devices[1])) == (None, "per-0")
    assert desk.waits(desk.devices[0])
    refused = desk.take(session, desk.event(90, desk.device(0)))
    assert problems(refused) == ["not-proven"]
    core.do(allocations.end_waiting, desk.devices[0])
    desk.take(session, desk.event(120, desk.device(0)))
    assert desk.holder(desk.devices[0]) == "per-0"


def test_the_same_event_again_changes_nothing(core: HubCore) -> None:
    desk = Desk(core)
    key = desk.open(client_key="phone-12345")
    assert desk.open(client_key="phone-12345") == key
    events = [desk.event(0, desk.person(0)), desk.event(1, desk.device(0)), desk.event(4, desk.device(0))]
    before = desk.take(key, *events)
    assert before["duplicates"] == 1
    for again in (events, events[::-1], events * 2):
        assert desk.take(key, *again) == before
    other = Told(events[1].id, "a", 99, events[1].at, raw=desk.device(1))
    taken = core.do(scanning.take, key, [other], "staff")
    assert (taken.taken, taken.known, taken.differing) == (0, 1, (other.id,))
    assert desk.view(key) == before


def test_undo_of_a_loan_and_of_a_return(core: HubCore) -> None:
    desk = Desk(core)
    session = desk.open()
    out = desk.event(1, desk.device(0))
    desk.take(session, desk.event(0, desk.person(0)), out)
    assert desk.holder(desk.devices[0]) == "per-0"
    view = desk.take(session, desk.event(3, undo=out.id))
    assert (told(view), desk.holder(desk.devices[0]), desk.waits(desk.devices[0])) == ([], None, False)
    desk.take(session, desk.event(5, desk.device(0)))
    back = desk.event(60, desk.device(0))
    desk.take(session, back)
    assert desk.waits(desk.devices[0])
    desk.take(session, desk.event(62, undo=back.id))
    assert (desk.holder(desk.devices[0]), desk.waits(desk.devices[0])) == ("per-0", False)


def test_a_return_that_was_proven_is_not_undone(core: HubCore) -> None:
    desk = Desk(core)
    loan = core.do(lending.lend, Wish([LineWish(device=desk.devices[0])], days(core, 0, 2)), "staff")
    session = desk.open(ScanMode.IN)
    back = desk.event(1, desk.device(0))
    desk.take(session, back)
    assert state(core, loan) == "closed"
    core.do(allocations.end_waiting, desk.devices[0])
    view = desk.take(session, desk.event(3, undo=back.id))
    assert (told(view), problems(view)) == ([(desk.devices[0], "back", None)], ["undo-too-late"])


def test_an_offline_hand_over_of_an_unproven_device_is_a_fact_and_its_undo_demands_the_proof_again(
    core: HubCore,
) -> None:
    desk = Desk(core)
    core.do(lending.lend, Wish([LineWish(device=desk.devices[0])], days(core, 0, 2)), "staff")
    core.do(lending.check_in, desk.devices[0], "staff")
    session = desk.open()
    desk.start = core.clock.now()
    out = desk.event(1, desk.device(0), fact=True)
    core.clock.pass_time(3600)
    view = desk.take(session, desk.event(0, desk.person(0), fact=True), out)
    assert (told(view), problems(view)) == ([(desk.devices[0], "out", "per-0")], [])
    assert not desk.waits(desk.devices[0])
    desk.take(session, desk.event(9, undo=out.id))
    assert (desk.holder(desk.devices[0]), desk.waits(desk.devices[0])) == (None, True)


def test_kits_unknown_codes_and_labels_claimed_later(core: HubCore) -> None:
    desk = Desk(core)
    kit = core.do(kits.add, "Koffer", desk.devices[:2], "staff")
    session = desk.open()
    view = desk.take(
        session,
        desk.event(0, desk.person(1)),
        desk.event(1, desk.free),
        desk.event(2, "Erika Muster, 0172 1234567"),
        desk.event(3, "xy-99"),
    )
    assert [(one["code"], one["raw"]) for one in view["conflicts"]] == [
        ("unknown-code", desk.free),
        ("unknown-code", ""),
        ("unknown-code", "XY-99"),
    ]
    core.do(codes.claim, desk.free, (CodeNoun.KIT, kit), "staff")
    view = desk.take(session)
    assert told(view) == sorted((key, "out", "per-1") for key in desk.devices[:2])
    assert problems(view) == ["unknown-code"] * 2


def test_what_others_have_is_refused_in_words_when_the_hub_is_asked_and_counted_in_any_case(core: HubCore) -> None:
    desk = Desk(core)
    pinned = Wish([LineWish(device=key) for key in desk.devices], days(core, 1, 2))
    booking = core.do(bookings.book, pinned, "staff")
    session = desk.open()
    scans = [desk.event(0, desk.person(0)), desk.event(1, desk.device(0))]
    assert problems(desk.take(session, *scans)) == ["not-free"]
    offline = desk.open()
    facts = [desk.event(100, desk.person(0), fact=True), desk.event(101, desk.device(0), fact=True)]
    core.clock.pass_time(200)
    assert problems(desk.take(offline, *facts)) == []
    assert desk.holder(desk.devices[0]) == "per-0"
    assert state(core, booking) == "confirmed"
    count = desk.open(ScanMode.COUNT)
    counted = desk.take(count, desk.event(300, desk.device(0)), desk.event(301, desk.device(1)))
    assert [item["state"] for item in counted["items"]] == ["counted", "counted"]


def test_a_hand_over_that_is_heard_of_after_its_return(core: HubCore) -> None:
    desk = Desk(core)
    tour, desk_in = desk.open(), desk.open(ScanMode.IN)
    core.clock.pass_time(7200)
    view = desk.take(desk_in, desk.event(3600, desk.device(0), fact=True))
    assert problems(view) == ["not-out"]
    desk.take(tour, desk.event(0, desk.person(0), fact=True), desk.event(1, desk.device(0), fact=True))
    assert told(desk.view(tour)) == [(desk.devices[0], "out", "per-0")]
    assert told(desk.view(desk_in)) == [(desk.devices[0], "back", None)]
    assert (desk.holder(desk.devices[0]), desk.waits(desk.devices[0])) == (None, True)


@pytest.mark.timeout(7200 if PERMUTATIONS else 120)
def test_scans_without_a_line_come_to_the_same_in_every_order(core: HubCore) -> None:
    """The same morning again and again, each time in another order of arrival; what is in whose hands is compared."""
    desk = Desk(core, devices=60 if PERMUTATIONS else 5)
    kit = core.do(kits.add, "Koffer", desk.devices[:3], "staff")
    core.do(codes.claim, desk.free, (CodeNoun.KIT, kit), "staff")
    source = random.Random(5)
    scans = 500 if PERMUTATIONS else 24
    texts = [*desk.codes, *desk.codes[-3:], "?"]
    results = []
    for seed in range(min(PERMUTATIONS, MOST_WHOLE) or 2):
        source.seed(5)
        session, desk.number = desk.open(), 0
        events = [desk.event(source.uniform(0, 3000), source.choice(texts), fact=True) for _ in range(scans)]
        events += [desk.event(source.uniform(0, 3000), undo=source.choice(events).id, fact=True) for _ in range(3)]
        events += [desk.mark(source.uniform(0, 3000), source.choice(desk.devices[:3]), fact=True) for _ in range(6)]
        core.clock.pass_time(3600)
        deliver(events, random.Random(seed), lambda batch, key=session: desk.take(key, *batch))  # type: ignore[misc]
        view = desk.view(session)
        hands = [(desk.holder(key), desk.waits(key)) for key in desk.devices]
        cases = [(one["state"], one["missing"], sorted(_states(one))) for one in view["kits"]]
        results.append((told(view), problems(view), view["duplicates"], view["undone"], hands, cases))
        for key, (holder, _) in zip(desk.devices, hands, strict=True):
            if holder is not None:
                core.do(lending.check_in, key, "staff")
            core.do(allocations.end_waiting, key)
        core.clock.pass_time(3600)
        desk.start = core.clock.now()
    assert all(result == results[0] for result in results)
