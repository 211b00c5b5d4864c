"""A device is never taken twice: the database itself says no, on both engines."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medialab_hub.domain.allocation import Interval, is_free
from medialab_hub.storage import allocations
from medialab_hub.storage.failures import is_passing
from medialab_hub.storage.tables import Allocation, Device, Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore

SPANS = st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(1, 5)), min_size=1, max_size=8)


def make_device(uow: UnitOfWork) -> str:
    device = Device(id=uow.new_id("dev"), name="d", found_at=uow.now)
    uow.session.add(device)
    return device.id


def take(uow: UnitOfWork, device: str, span: Interval, **fields: object) -> str:
    row = Allocation(
        id=uow.new_id("alc"),
        device_id=device,
        kind="workshop",
        starts_at=span.start,
        ends_at=span.end,
        blocked_from=span.start,
        blocked_to=span.end,
        **fields,
    )
    uow.session.add(row)
    uow.session.flush()
    return row.id


def span_of(base: datetime, start: int, length: int | None) -> Interval:
    begin = base + timedelta(hours=start)
    return Interval(begin, None if length is None else begin + timedelta(hours=length))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=SPANS)
def test_the_database_agrees_with_the_rule(core: HubCore, spans: list[tuple[int, int | None]]) -> None:
    device, base = core.do(make_device), core.clock.now()
    taken: list[Interval] = []
    for start, length in spans:
        wanted = span_of(base, start, length)
        if is_free(wanted, taken):
            core.do(take, device, wanted)
            taken.append(wanted)
        else:
            with pytest.raises(Exception, match="overlap") as refused:
                core.do(take, device, wanted)
            assert not is_passing(refused.value), "coming again would not help"


def test_what_lies_inside_or_does_not_block_may_overlap(core: HubCore) -> None:
    device, base = core.do(make_device), core.clock.now()
    outer = core.do(take, device, span_of(base, 0, None))
    core.do(take, device, span_of(base, 1, 2), parent_id=outer)
    core.do(take, device, span_of(base, 1, 2), status="canceled")
    other = core.do(make_device)
    core.do(take, other, span_of(base, 0, None))


def test_moving_into_taken_time_is_refused(core: HubCore) -> None:
    device, base = core.do(make_device), core.clock.now()
    core.do(take, device, span_of(base, 0, 2))
    free = core.do(take, device, span_of(base, 2, 2))

    def move(uow: UnitOfWork) -> None:
        row = allocations.get(uow.session, free)
        assert row is not None
        row.starts_at = row.blocked_from = base + timedelta(hours=1)

    with pytest.raises(Exception, match="overlap"):
        core.do(move)


def test_two_open_jobs_on_one_device_are_refused_by_the_database(core: HubCore) -> None:
    device = core.do(make_device)

    def add(uow: UnitOfWork) -> None:
        row = Job(id=uow.new_id("job"), device_id=device, action="reset", created_at=uow.now, starts_at=uow.now)
        uow.session.add(row)

    core.do(add)
    with pytest.raises(Exception, match=r"(?i)unique"):
        core.do(add)
