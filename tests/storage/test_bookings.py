"""Bookings promise devices, never the same one twice; promises move, and what came back waits for its proof."""

from datetime import timedelta

import pytest

from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import allocations, bookings, lending, models, plans
from medialab_hub.services.booking_rows import views
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.tables import Allocation
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore


def lab(core: HubCore, count: int, **care: int) -> tuple[str, list[str]]:
    """A model of that many tablets."""
    tablets = [core.prepare(f"t{number}") for number in range(1, count + 1)]
    model = core.do(models.add, "Tablet", None, models.Care(**care), "staff")
    core.do(models.put_in, model, tablets, "staff")
    return model, tablets


def days(core: HubCore, start: float, end: float) -> Interval:
    now = core.clock.now()
    return Interval(now + timedelta(days=start), now + timedelta(days=end))


def units(core: HubCore, booking: str) -> list[Allocation]:
    return core.do(lambda uow: [row for _, row in rows.kept_by(uow.session, [booking])])


def state(core: HubCore, booking: str) -> str:
    def look(uow: UnitOfWork) -> str:
        return str(views(uow.session, [bookings.require_booking(uow, booking)])[0]["state"])

    return core.do(look)


def test_all_or_nothing_and_never_the_same_one_twice(core: HubCore) -> None:
    model, tablets = lab(core, 3)
    first = core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 1, 3)), "staff")
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 2, 4)), "staff")
    second = core.do(bookings.book, Wish([LineWish(model)], days(core, 2, 4)), "staff")
    taken = [unit.device_id for key in (first, second) for unit in units(core, key)]
    assert sorted(taken) == sorted(tablets)
    core.do(bookings.cancel, first, "staff")
    assert state(core, first) == "canceled"
    core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 2, 4)), "staff")


def test_touching_ends_share_nothing_but_turnaround_does(core: HubCore) -> None:
    model, _ = lab(core, 1, turnaround_min=60)
    core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 2)), "staff")
    with pytest.raises(Conflict):
        core.do(bookings.book, Wish([LineWish(model)], days(core, 2, 3)), "staff")
    core.do(bookings.book, Wish([LineWish(model)], days(core, 2 + 1 / 24, 3)), "staff")


def test_the_same_wish_sent_twice_is_one_booking(core: HubCore) -> None:
    model, _ = lab(core, 2)
    wish = Wish([LineWish(model)], days(core, 1, 2), client_key="phone-1")
    assert core.do(bookings.book, wish, "staff") == core.do(bookings.book, wish, "staff")


def test_who_wants_one_certain_device_gets_it_and_the_promise_there_moves(core: HubCore) -> None:
    model, _ = lab(core, 2)
    promised = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 3)), "staff")
    (unit,) = units(core, promised)
    core.do(bookings.book, Wish([LineWish(device=unit.device_id)], days(core, 2, 4)), "staff")
    (moved,) = units(core, promised)
    assert moved.device_id != unit.device_id
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, Wish([LineWish(device=unit.device_id)], days(core, 3, 5)), "staff")


def test_what_lies_in_the_past_or_is_empty_is_refused(core: HubCore) -> None:
    model, _ = lab(core, 1)
    with pytest.raises(HubError, match="in-the-past"):
        core.do(bookings.book, Wish([LineWish(model)], days(core, -3, -1)), "staff")
    with pytest.raises(HubError, match="nothing-wanted"):
        core.do(bookings.book, Wish([], days(core, 1, 2)), "staff")


def test_out_and_back_and_free_only_when_proven(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    loan = core.do(lending.lend, Wish([LineWish(device=tablets[0])], days(core, 0, 2)), "staff")
    assert state(core, loan) == "out"
    with pytest.raises(Conflict, match="in-other-hands"):
        core.do(lending.check_out, core.do(bookings.book, Wish([LineWish(model)], days(core, 3, 4)), "staff"),
                tablets[0], "staff")  # fmt: skip
    assert core.do(lending.check_in, tablets[0], "staff") == loan
    assert state(core, loan) == "closed"
    again = core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 5, 6)), "staff")
    with pytest.raises(Conflict, match="not-proven"):
        core.do(lending.check_out, again, tablets[0], "staff")
    core.do(lambda uow: allocations.end_waiting(uow, tablets[0]))
    core.do(lending.check_out, again, tablets[0], "staff")
    assert state(core, again) == "partly_out"


def test_another_of_the_same_model_is_handed_out_and_others_move(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    mine = core.do(bookings.book, Wish([LineWish(model)], days(core, 0.01, 2)), "staff")
    yours = core.do(bookings.book, Wish([LineWish(model)], days(core, 0.02, 2)), "staff")
    (unit,) = units(core, mine)
    other = next(key for key in tablets if key != unit.device_id)
    core.do(lending.check_out, mine, other, "staff")
    assert [one.device_id for one in units(core, mine)] == [other]
    assert [one.device_id for one in units(core, yours)] == [unit.device_id]


def test_what_was_promised_on_a_device_in_quarantine_moves_and_the_rest_is_broken(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    first = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 2)), "staff")
    both = core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 3, 4)), "staff")

    def lose(uow: UnitOfWork) -> None:
        plans.make_way(uow, require_device(uow, tablets[0]), Interval(uow.now))

    core.do(lose)
    assert [one.device_id for one in units(core, first)] == [tablets[1]]
    found = sorted(AllocationStatus(one.status) for one in units(core, both))
    assert found == [AllocationStatus.BROKEN, AllocationStatus.CONFIRMED]
    assert core.do(lambda uow: bookings.cancel(uow, first, "staff", Decision.NO_SHOW)) is None
