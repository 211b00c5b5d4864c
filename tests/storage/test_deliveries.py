"""The way there and back belongs to the loan, and what lay in the drop box was back when it was put there."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.deliveries import DeliveryMode
from medialab_hub.domain.scanning import ScanMode
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import bookings, deliveries, lending, people
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.deliveries import DeliveryWish
from medialab_hub.services.loan_slips import slip_of
from medialab_hub.services.people import Contact
from medialab_hub.storage.tables import Institution
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, units
from tests.storage.test_scans import Desk

BERLIN = ZoneInfo("Europe/Berlin")


def school(core: HubCore, name: str, postal_code: str) -> str:
    def add(uow: UnitOfWork) -> str:
        key = uow.new_id("ins")
        uow.session.add(Institution(id=key, name=name, kind="school", search_key=name.lower(), postal_code=postal_code))
        return key

    return core.do(add)


def test_the_way_is_part_of_the_time_nobody_else_gets_the_devices(core: HubCore) -> None:
    model, _ = lab(core, 1, turnaround_min=30)
    place = school(core, "Schule", "50000")
    booking = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 2), institution=place), "staff")
    follows = core.do(bookings.book, Wish([LineWish(model)], days(core, 2.1, 3)), "staff")
    tour = DeliveryWish(DeliveryMode.TOUR, transport_min=90)
    core.do(deliveries.put, booking, tour, "staff")
    (unit,) = units(core, booking)
    assert unit.blocked_to is not None and unit.ends_at is not None
    assert unit.starts_at - unit.blocked_from == timedelta(minutes=90)
    assert unit.blocked_to - unit.ends_at == timedelta(minutes=120)
    with pytest.raises(Conflict, match="not-free"):
        core.do(deliveries.put, booking, DeliveryWish(DeliveryMode.TOUR, transport_min=180), "staff")
    assert units(core, booking)[0].blocked_to == unit.blocked_to, "as it was"
    assert units(core, follows)[0].status == "confirmed"
    core.do(deliveries.put, booking, DeliveryWish(DeliveryMode.PICKUP), "staff")
    assert units(core, booking)[0].blocked_from == unit.starts_at
    for wrong in (DeliveryWish(DeliveryMode.PICKUP, transport_min=5), DeliveryWish(DeliveryMode.PICKUP, "per-none")):
        with pytest.raises(HubError, match=r"no-way|no-such-person"):
            core.do(deliveries.put, booking, wrong, "staff")
    with pytest.raises(HubError, match="no-institution"):
        core.do(deliveries.put, follows, tour, "staff")


def test_a_tour_stops_where_something_is_brought_or_fetched(core: HubCore) -> None:
    model, _ = lab(core, 3)
    far, near = school(core, "Ferne Schule", "59999"), school(core, "Nahe Schule", "50001")
    receiver = core.do(people.add, Contact("Hausmeister", "Hans"), None, (), "staff")
    found = {}
    for name, place, start, end in (("a", far, 1, 2), ("b", near, 1, 4), ("c", near, 2, 3), ("d", near, 1, 2)):
        found[name] = core.do(
            bookings.book, Wish([LineWish(model)], days(core, start, end), institution=place), "staff"
        )
    for name in "abc":
        wish = DeliveryWish(DeliveryMode.TOUR, receiver)
        core.do(deliveries.put, found[name], wish, "staff")
    day = (core.clock.now() + timedelta(days=1)).astimezone(BERLIN).date()
    stops = core.read(deliveries.tour, day, BERLIN)["stops"]
    assert [(one["name"], one["brings"], one["fetches"]) for one in stops] == [
        ("Nahe Schule", (found["b"],), ()),
        ("Ferne Schule", (found["a"],), ()),
    ]
    stops = core.read(deliveries.tour, day + timedelta(days=1), BERLIN)["stops"]
    assert [(one["name"], one["brings"], one["fetches"]) for one in stops] == [
        ("Nahe Schule", (found["c"],), ()),
        ("Ferne Schule", (), (found["a"],)),
    ]
    assert core.read(slip_of, found["a"], "MZ").receiver == "Hans Hausmeister"
    assert core.do(people.erase, receiver, "staff").is_done, "who takes it may be forgotten at any time"
    assert core.read(slip_of, found["a"], "MZ").receiver == ""


def test_what_lay_in_the_drop_box_was_back_when_it_was_put_there(core: HubCore) -> None:
    desk = Desk(core)
    booking = core.do(lending.lend, Wish([LineWish(device=desk.devices[0])], days(core, 0, 2)), "staff")
    core.clock.pass_time(timedelta(hours=20).total_seconds())
    dropped = core.clock.now() - timedelta(hours=12)
    session = desk.open(ScanMode.IN, dropped=dropped)
    desk.take(session, desk.event(0, desk.device(0)))
    (unit,) = units(core, booking)
    assert (unit.status, unit.ends_at) == ("done", dropped)
    assert desk.view(session)["dropped"] is not None
    assert desk.waits(desk.devices[0])
