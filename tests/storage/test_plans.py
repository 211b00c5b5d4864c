"""A case that is late, and devices that are used evenly: what the plan does with many at once, on both databases."""

from datetime import timedelta

from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.services import bookings, kits, lending, models, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.storage import plans
from medialab_hub.storage.tables import Allocation, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import units


def tablets(core: HubCore, count: int) -> tuple[str, list[str]]:
    """A model of that many, taken in without an agent."""

    def add(uow: UnitOfWork) -> list[str]:
        keys = [f"dev-{number:02d}" for number in range(count)]
        for key in keys:
            uow.session.add(Device(id=key, name=key, found_at=uow.now, adopted_at=uow.now))
        uow.session.flush()
        return keys

    keys = core.do(add)
    model = core.do(models.add, "Tablet", None, models.Care(), "staff")
    core.do(models.put_in, model, keys, "staff")
    return model, keys


def in_hours(core: HubCore, start: float, end: float) -> Interval:
    now = core.clock.now()
    return Interval(now + timedelta(hours=start), now + timedelta(hours=end))


def test_a_late_case_of_sixteen_costs_no_promise_that_others_can_keep(core: HubCore) -> None:
    model, keys = tablets(core, 20)
    case = core.do(kits.add, "Koffer", keys[:16], "staff")
    core.do(lending.lend, Wish([LineWish(kit=case)], in_hours(core, 0, 24)), "staff")
    soon = [core.do(bookings.book, Wish([LineWish(model, quantity=3)], in_hours(core, 25, 30)), "staff") for _ in "abc"]
    later = core.do(bookings.book, Wish([LineWish(model, quantity=20)], in_hours(core, 50, 60)), "staff")
    core.clock.pass_time(24 * 3600 + 60)
    assert core.do(returns.plan_around_late) == 16
    kept = [unit for key in soon for unit in units(core, key) if unit.status == AllocationStatus.CONFIRMED]
    assert {unit.device_id for unit in kept} == set(keys[16:]), "four are here, and four of nine promises are kept"
    assert {unit.status for unit in units(core, later)} == {AllocationStatus.CONFIRMED}
    core.do(lending.check_in, keys[0], "staff")
    core.clock.pass_time(16 * 60)
    broken = [unit for key in soon for unit in units(core, key) if unit.status == AllocationStatus.BROKEN]
    assert len(broken) == 4, "one that is back will be ready in time, and is promised again"


def test_the_one_that_was_with_people_for_the_fewest_hours_goes_first(core: HubCore) -> None:
    model, keys = tablets(core, 3)

    def lent_before(uow: UnitOfWork) -> None:
        for key, hours in zip(keys, (30, 5, 80), strict=True):
            start = uow.now - timedelta(hours=200)
            end = start + timedelta(hours=hours)
            uow.session.add(
                Allocation(id=f"alc-{key}", device_id=key, kind="loan", status="done", starts_at=start, ends_at=end,
                           blocked_from=start, blocked_to=end)
            )  # fmt: skip
        uow.session.flush()

    core.do(lent_before)
    taken = core.do(lambda uow: plans.hours(uow.session, keys))
    assert {key: round(value) for key, value in taken.items()} == dict(zip(keys, (30, 5, 80), strict=True))
    wish = Wish([LineWish(model)], in_hours(core, 1, 21))
    found = [units(core, core.do(bookings.book, wish, "staff"))[0].device_id for _ in keys]
    assert found == [keys[1], keys[0], keys[2]]
    next_day = [Wish([LineWish(model)], in_hours(core, 25 + 3 * n, 27 + 3 * n)) for n in range(2)]
    found = [units(core, core.do(bookings.book, one, "staff"))[0].device_id for one in next_day]
    assert found == [keys[1], keys[1]], "25 and 27 hours: still the fewest, what is planned counted with it"
