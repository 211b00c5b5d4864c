"""What goes on after a return by itself: the reset begins, and what is late is planned around."""

from datetime import datetime

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.errors import Conflict
from medialab_hub.services import jobs, plans
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations
from medialab_hub.storage import jobs as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork


def is_something_due(session: Session, now: datetime) -> bool:
    """True when `start_resets` or `plan_around_late` may have something to do."""
    return bool(allocations.all_awaiting_proof(session, now) or allocations.late(session, now))


def start_resets(uow: UnitOfWork) -> int:
    """Begin the reset of every returned device that may be erased and can be reached; returns how many.

    Once for each return: where it ended without a proof, people decide what comes next."""
    started = 0
    for waiting in allocations.all_awaiting_proof(uow.session, uow.now):
        if rows.has_reset_since(uow.session, waiting.device_id, waiting.starts_at):
            continue
        try:
            jobs.start(uow, jobs.Wish(waiting.device_id, RESET_ACTION), waiting.actor)
            started += 1
        except Conflict:
            continue  # absent, or a person has to let us in: it stays taken, and the device says why
    return started


def plan_around_late(uow: UnitOfWork) -> int:
    """What should be over and is not takes its device for another while; promises move, or are broken and say so.

    Returns how many are late."""
    late, until = allocations.late(uow.session, uow.now), uow.now + plans.LATE_FOR
    facts = [(require_device(uow, row.device_id), Interval(row.blocked_from, until)) for row in late]
    plans.make_ways(uow, facts)
    for row in late:
        row.blocked_to = until
        row.version += 1
        uow.touch_device(row.device_id)
    uow.session.flush()
    return len(late)
