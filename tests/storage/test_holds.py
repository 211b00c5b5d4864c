"""Baskets keep what was chosen for ten minutes and go back by themselves; who waits is offered what becomes free."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.errors import Conflict, NotFound, TooMany
from medialab_hub.services import allocations, bookings, freedom, holds, waitlist
from medialab_hub.services.booking_rows import one
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.plans import make_way
from medialab_hub.services.subjects import require_device
from medialab_hub.services.waitlist import Waiting
from medialab_hub.services.waitlist_rows import every_open
from medialab_hub.services.wishes import HouseRules
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.tables import Booking
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, units

STAFF = HouseRules(ZoneInfo("Europe/Berlin"), is_staff=True)
OTHERS = HouseRules(ZoneInfo("Europe/Berlin"))
TEN_MINUTES = 600.0


def state(core: HubCore, booking: str) -> str:
    return str(core.read(one, booking)["state"])


def some(model: str, interval: Interval, quantity: int = 1) -> Wish:
    return Wish([LineWish(model, quantity=quantity)], interval)


def free(core: HubCore, model: str, interval: Interval) -> int:
    found = core.read(freedom.of_one, model, interval, 1, core.clock.now())["free"]
    assert isinstance(found, int)
    return found


def offers(core: HubCore) -> list[tuple[int, str]]:
    return [(row["quantity"], row["state"]) for row in core.read(every_open)]


def test_a_hold_is_busy_for_ten_minutes_and_not_a_moment_longer_though_nobody_ends_it(core: HubCore) -> None:
    model, _ = lab(core, 2)
    time = days(core, 1, 2)
    held = core.do(holds.hold, some(model, time, 2), "anna")[0]
    assert state(core, held) == "held" and free(core, model, time) == 0
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, some(model, time), "staff")
    core.clock.pass_time(TEN_MINUTES - 1)
    assert free(core, model, time) == 0
    core.clock.pass_time(1)
    assert free(core, model, time) == 2 and core.read(holds.every, core.clock.now(), None) == []
    core.do(bookings.book, some(model, time, 2), "staff")
    with pytest.raises(NotFound, match="no-such-hold"):
        core.do(holds.take, held, holds.Taking(STAFF), "anna")

    def left(uow: UnitOfWork) -> int:
        return len(rows.kept_by(uow.session, [held])) + (uow.session.get(Booking, held) is not None)

    assert core.do(left) == 0


@pytest.mark.parametrize("fact", ["pin", "fact", "maintenance"])
def test_an_expired_hold_is_in_nobodys_way(core: HubCore, fact: str) -> None:
    model, tablets = lab(core, 1)
    time = days(core, 1, 2)
    core.do(holds.hold, some(model, time), "anna")
    core.clock.pass_time(TEN_MINUTES)
    if fact == "pin":
        core.do(bookings.book, Wish([LineWish(device=tablets[0])], time), "staff")
    elif fact == "maintenance":
        core.do(allocations.start_maintenance, tablets[0], "", "staff")
    else:
        core.do(lambda uow: make_way(uow, require_device(uow, tablets[0]), Interval(uow.now)))
    assert core.read(holds.every, core.clock.now(), None) == []


def test_a_hold_moves_like_every_promise_and_becomes_a_booking_or_a_request(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    time = days(core, 1, 2)
    held = core.do(holds.hold, some(model, time), "anna")[0]
    (unit,) = units(core, held)
    core.do(bookings.book, Wish([LineWish(device=unit.device_id)], time), "staff")
    (moved,) = units(core, held)
    assert {moved.device_id, unit.device_id} == set(tablets) and moved.status == "held"
    for someone in (Decision.REJECTED, Decision.CANCELED):
        with pytest.raises(NotFound):
            core.do(bookings.cancel, held, "staff", someone)
    with pytest.raises(NotFound):
        core.do(holds.take, held, holds.Taking(OTHERS), "bert")
    assert core.do(holds.take, held, holds.Taking(STAFF, purpose="AG"), "anna") == held
    core.clock.pass_time(TEN_MINUTES * 2)
    assert state(core, held) == "confirmed" and [row.status for row in units(core, held)] == ["confirmed"]
    assert free(core, model, time) == 0
    other = days(core, 3, 4)
    asked = core.do(holds.hold, some(model, other, 2), "bert")[0]
    core.do(holds.take, asked, holds.Taking(OTHERS), "bert")
    assert state(core, asked) == "requested" and free(core, model, other) == 2


def test_a_basket_is_given_back_and_there_are_few_of_them(core: HubCore) -> None:
    model, _ = lab(core, 1)
    first = core.do(holds.hold, some(model, days(core, 1, 2)), "anna")[0]
    with pytest.raises(NotFound):
        core.do(holds.give_back, first, "bert", is_staff=False)
    core.do(holds.give_back, first, "anna", is_staff=False)
    for day in range(holds.MOST):
        core.do(holds.hold, some(model, days(core, 2 * day + 1, 2 * day + 2)), "anna")
    with pytest.raises(TooMany):
        core.do(holds.hold, some(model, days(core, 21, 22)), "anna")
    core.do(holds.hold, some(model, days(core, 21, 22)), "bert")


def test_a_request_holds_nothing_until_it_is_confirmed(core: HubCore) -> None:
    model, _ = lab(core, 1)
    time = days(core, 1, 2)
    asked = [
        core.do(bookings.book, Wish([LineWish(model)], time, decision=Decision.REQUESTED), "anna") for _ in range(2)
    ]
    assert free(core, model, time) == 1 and [state(core, key) for key in asked] == ["requested"] * 2
    core.do(bookings.confirm, asked[1], "staff")
    assert free(core, model, time) == 0 and len(units(core, asked[1])) == 1
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.confirm, asked[0], "staff")
    assert state(core, asked[0]) == "requested"
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, Wish([LineWish(model)], time, decision=Decision.REQUESTED), "bert")
    with pytest.raises(Conflict, match="already-decided"):
        core.do(bookings.confirm, asked[1], "staff")


def test_who_came_first_is_served_first_if_it_is_enough_for_them(core: HubCore) -> None:
    model, _ = lab(core, 3)
    time = days(core, 2, 3)
    with pytest.raises(Conflict, match="free-already"):
        core.do(waitlist.wait, Waiting(model, time, 3), "anna")
    single = core.do(bookings.book, some(model, time, 1), "staff")
    double = core.do(bookings.book, some(model, time, 2), "staff")
    wanted = [core.do(waitlist.wait, Waiting(model, time, n, offer_h=5), "anna") for n in (3, 1, 1, 2)]
    assert offers(core) == [(3, "waiting"), (1, "waiting"), (1, "waiting"), (2, "waiting")]
    core.do(bookings.cancel, single, "staff")
    assert offers(core) == [(3, "waiting"), (1, "offered"), (1, "waiting"), (2, "waiting")]
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, some(model, time), "who was quicker")
    core.do(bookings.cancel, double, "staff")
    assert offers(core) == [(3, "waiting"), (1, "offered"), (1, "offered"), (2, "waiting")]
    (first, second) = core.read(holds.every, core.clock.now(), None)
    core.do(holds.take, first["id"], holds.Taking(STAFF), "staff")
    assert offers(core) == [(3, "waiting"), (1, "offered"), (2, "waiting")]
    core.clock.pass_time(5 * 3600)
    assert core.do(waitlist.serve) == 1
    assert offers(core) == [(3, "waiting"), (2, "offered")]
    core.do(waitlist.withdraw, wanted[3], "anna")
    core.do(bookings.cancel, first["id"], "staff")
    assert offers(core) == [(3, "offered")] and second["id"] != first["id"]
    core.clock.pass_time(timedelta(days=3).total_seconds())
    core.do(waitlist.serve)
    assert offers(core) == []
