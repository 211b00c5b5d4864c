"""A case goes out and comes back with one scan: whole or not at all, and what is missing is named."""

from typing import Any

from sqlmodel import select

from medialab_hub.domain.scanning import CodeNoun, EventKind, ScanMode
from medialab_hub.services import allocations, bookings, codes, kits, lending
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.storage.tables import Connection, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, state
from tests.storage.test_scans import Desk, problems


class CaseDesk(Desk):
    """A desk with a case that holds every device of the lab."""

    def __init__(self, core: HubCore, devices: int = 4) -> None:
        super().__init__(core, devices)
        self.kit = core.do(kits.add, "Koffer 1", self.devices, "staff")
        core.do(codes.claim, self.free, (CodeNoun.KIT, self.kit), "staff")

    def see(self, *devices: str) -> None:
        """Agents see these, and no others."""

        def look(uow: UnitOfWork) -> None:
            for way in uow.session.exec(select(Connection)):
                way.presence = "present" if way.device_id in devices else "absent"

        self.core.do(look)

    def case(self, view: dict[str, Any]) -> dict[str, Any]:
        (kit,) = view["kits"]
        assert isinstance(kit, dict) and kit["kit"] == self.kit
        return kit

    def states(self, view: dict[str, Any]) -> list[str]:
        of = {member["device"]: member["state"] for member in self.case(view)["members"]}
        return [of[device] for device in self.devices]

    def out(self) -> list[str]:
        return [device for device in self.devices if self.holder(device) is not None]


def test_one_scan_and_one_person_lend_a_case_whose_members_are_seen(core: HubCore) -> None:
    desk = CaseDesk(core)
    session = desk.open()
    view = desk.take(session, desk.event(0, desk.free))
    assert (desk.case(view)["state"], problems(view)) == ("waits", ["no-person-yet"])
    view = desk.take(session, desk.event(20, desk.person(0)))
    assert (desk.case(view)["state"], desk.case(view)["person"], view["conflicts"]) == ("out", "per-0", [])
    assert desk.out() == desk.devices
    booking = desk.loan(desk.devices[0])
    assert booking is not None
    (line,) = core.do(lambda uow: bookings.rows.lines(uow.session, [booking.id]))
    assert (line.kit_id, line.quantity) == (desk.kit, 4)


def test_members_that_nobody_sees_are_asked_for(core: HubCore) -> None:
    desk = CaseDesk(core)
    desk.see(*desk.devices[:2])
    session = desk.open()
    view = desk.take(session, desk.event(0, desk.person(0)), desk.event(1, desk.free))
    case = desk.case(view)
    assert (case["state"], case["asked"], desk.out(), problems(view)) == ("asks", 2, [], [])
    assert [member["seen"] for member in case["members"]].count(True) == 2
    view = desk.take(session, desk.event(20, desk.device(2)))
    assert desk.states(view) == ["ready", "ready", "ready", "asked"]
    tick = desk.mark(30, desk.devices[3])
    view = desk.take(session, tick)
    assert (desk.states(view), desk.out()) == (["out"] * 4, desk.devices)
    view = desk.take(session, desk.event(40, undo=tick.id))
    assert (desk.case(view)["state"], desk.out()) == ("asks", [])
    view = desk.take(session, desk.mark(50, desk.devices[3], EventKind.WITHOUT))
    assert (desk.states(view), desk.out()) == (["out", "out", "out", "left"], desk.devices[:3])


def test_a_case_goes_whole_or_not_at_all_and_says_who_is_in_the_way(core: HubCore) -> None:
    desk = CaseDesk(core)
    core.do(lending.lend, Wish([LineWish(device=desk.devices[0])], days(core, 0, 1)), "staff")
    core.do(lending.check_in, desk.devices[0], "staff")
    core.do(bookings.book, Wish([LineWish(device=desk.devices[1])], days(core, 1, 2)), "staff")
    core.do(allocations.start_maintenance, desk.devices[2], "Akku", "staff")
    session = desk.open()
    view = desk.take(session, desk.event(0, desk.person(0)), desk.event(1, desk.free))
    assert (desk.case(view)["state"], desk.out()) == ("refused", [])
    assert desk.states(view) == ["refused", "refused", "refused", "ready"]
    assert problems(view) == ["in-maintenance", "not-proven", "promised-to-others"]
    without = [desk.mark(20 + at, desk.devices[at], EventKind.WITHOUT) for at in range(3)]
    view = desk.take(session, *without)
    assert (desk.states(view), desk.out()) == (["left", "left", "left", "out"], desk.devices[3:])


def test_a_case_comes_back_with_what_is_inside_and_the_missing_one_is_named(core: HubCore) -> None:
    desk = CaseDesk(core)
    session = desk.open()
    desk.take(session, desk.event(0, desk.person(0)), desk.event(1, desk.free))
    booking = desk.loan(desk.devices[0])
    assert booking is not None
    desk.see(*desk.devices[:2])
    back = desk.open(ScanMode.IN)
    scan = desk.event(100, desk.free)
    view = desk.take(back, scan, desk.event(120, desk.device(2)))
    assert (desk.case(view)["state"], desk.case(view)["missing"], desk.out()) == ("back", 1, desk.devices[3:])
    assert problems(view) == ["kit-member-missing"]
    (missing,) = [member for member in desk.case(view)["members"] if member["state"] == "missing"]
    device = core.do(lambda uow: uow.session.get(Device, desk.devices[3]))
    assert device is not None and device.asset_tag
    assert (missing["name"], missing["label"]) == (device.name, device.asset_tag)
    assert state(core, booking.id) == "partly_back"
    view = desk.take(back, desk.event(200, undo=scan.id))
    assert (desk.out(), [desk.waits(device) for device in desk.devices[:2]]) == (
        [desk.devices[0], desk.devices[1], desk.devices[3]],
        [False, False],
    )
    view = desk.take(back, desk.event(300, desk.free), desk.mark(310, desk.devices[3]))
    assert (desk.out(), desk.case(view)["missing"], state(core, booking.id)) == ([], 0, "closed")


def test_the_undo_of_a_returned_case_is_all_or_nothing(core: HubCore) -> None:
    desk = CaseDesk(core)
    session = desk.open()
    out = desk.event(1, desk.free)
    desk.take(session, desk.event(0, desk.person(0)), out)
    scan = desk.event(100, desk.free)
    desk.take(session, scan)
    core.do(allocations.end_waiting, desk.devices[1])
    view = desk.take(session, desk.event(110, undo=scan.id))
    assert (problems(view), desk.out()) == (["undo-too-late"], [])
    for device in desk.devices:
        core.do(allocations.end_waiting, device)
    again = desk.event(200, desk.free)
    desk.take(session, again)
    assert desk.out() == desk.devices
    desk.take(session, desk.event(210, undo=again.id))
    assert desk.out() == []


def test_a_booked_case_and_one_that_went_without_a_line(core: HubCore) -> None:
    desk = CaseDesk(core)
    wish = Wish([LineWish(kit=desk.kit)], days(core, 0, 1), person="per-0")
    booked = core.do(bookings.book, wish, "staff")
    desk.see()
    session = desk.open()
    core.clock.pass_time(600)
    facts = [desk.event(0, desk.person(0), fact=True), desk.event(1, desk.free, fact=True)]
    view = desk.take(session, *facts)
    assert (desk.case(view)["state"], desk.out(), state(core, booked)) == ("out", desk.devices, "out")
    view = desk.take(session, desk.event(300, desk.free, fact=True))
    assert (desk.case(view)["missing"], desk.out()) == (4, desk.devices)
    view = desk.take(session, *(desk.event(310 + at, desk.device(at), fact=True) for at in range(4)))
    assert (desk.out(), state(core, booked)) == ([], "closed")


def test_whichever_member_is_in_the_way_nothing_of_the_case_goes(core: HubCore) -> None:
    desk = CaseDesk(core, 5)
    for at, device in enumerate(desk.devices):
        block = core.do(allocations.start_maintenance, device, "Akku", "staff")
        session = desk.open()
        view = desk.take(session, desk.event(100 * at, desk.person(0)), desk.event(100 * at + 1, desk.free))
        refused = [member["device"] for member in desk.case(view)["members"] if member["state"] == "refused"]
        assert (refused, desk.out(), view["bookings"]) == ([device], [], [])
        core.do(allocations.end_allocation, device, block, "staff")
    session = desk.open()
    view = desk.take(session, desk.event(900, desk.person(0)), desk.event(901, desk.free))
    assert (len(desk.out()), len(view["bookings"])) == (5, 1)
