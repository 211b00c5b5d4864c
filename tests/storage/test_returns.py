"""What came back is reset by itself and only then free again; what is late is planned around; on both databases."""

from datetime import timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus
from medialab_hub.services import allocations, bookings, lending, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.storage import allocations as rows
from medialab_hub.storage import jobs
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, units


def waits(core: HubCore, device: str) -> bool:
    return core.do(lambda uow: rows.awaiting_proof(uow.session, device)) is not None


def test_a_return_starts_one_reset_and_its_failure_frees_nothing(core: HubCore) -> None:
    _, tablets = lab(core, 1)
    core.do(lending.lend, Wish([LineWish(device=tablets[0])], days(core, 0, 2)), "staff")
    core.do(lending.check_in, tablets[0], "staff")
    assert core.do(returns.start_resets) == 1
    assert core.do(returns.start_resets) == 0
    (job,) = core.do(lambda uow: jobs.open_of(uow.session, tablets))
    row = core.do(lambda uow: rows.of_job(uow.session, job.id))
    assert row.parent_id is not None, "it is part of the time in which the device waits for its proof"
    core.do(lambda uow: allocations.finish_reset(uow, job))
    assert waits(core, tablets[0])


def test_what_is_absent_waits_and_what_may_not_be_erased_yet_does_too(core: HubCore) -> None:
    _, tablets = lab(core, 1, grace_min=60)
    core.do(lending.lend, Wish([LineWish(device=tablets[0])], days(core, 0, 2)), "staff")
    core.do(lending.check_in, tablets[0], "staff")
    assert core.do(returns.start_resets) == 0
    assert waits(core, tablets[0])


def test_a_late_device_keeps_its_place_and_the_next_promise_moves(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    core.do(lending.lend, Wish([LineWish(device=tablets[0])], days(core, 0, 1)), "staff")
    follows = core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 1.1, 2)), "staff")
    assert {unit.device_id for unit in units(core, follows)} == set(tablets)
    core.clock.pass_time(timedelta(days=1).total_seconds() + 60)
    assert core.do(returns.plan_around_late) == 1
    found = sorted((unit.device_id == tablets[0], unit.status) for unit in units(core, follows))
    assert found == [(False, AllocationStatus.CONFIRMED), (True, AllocationStatus.BROKEN)]
    out = core.do(lambda uow: rows.out(uow.session, tablets[0]))
    assert out.kind == AllocationKind.LOAN and out.blocked_to > out.ends_at, "the day it was due stays as agreed"
    core.do(lending.check_in, tablets[0], "staff")
    core.do(lambda uow: allocations.end_waiting(uow, tablets[0]))
    core.do(bookings.mend_models_of, tablets)
    assert {unit.status for unit in units(core, follows)} == {AllocationStatus.CONFIRMED}, (
        "what is back is promised anew"
    )
