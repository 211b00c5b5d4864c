"""Gives up what nobody collected, so that others can have it, and requests that nobody decided in time."""

from datetime import datetime, timedelta

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.services import booking_lines, bookings, lending, waitlist
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = 50
"""Bookings a transaction: the writer is needed by others, too."""


def is_something_due(session: Session, now: datetime, after: timedelta) -> bool:
    """True when `give_up` has something to do."""
    return bool(rows.missed(session, now, now - after, 1) or rows.half_fetched(session, now, 1))


def give_up(uow: UnitOfWork, after: timedelta) -> int:
    """What nobody collected so long after its beginning, or by its end; returns how many, `MOST_AT_ONCE` at most.

    Where every device had dropped out, and with requests, it is nobody's fault that they were not collected."""
    missed = [(one.id, one.decision) for one in rows.missed(uow.session, uow.now, uow.now - after, MOST_AT_ONCE)]
    for key, decision in missed:
        kept = {row.status for _, row in rows.kept_by(uow.session, [key])}
        is_no_show = decision == Decision.CONFIRMED and kept != {AllocationStatus.BROKEN.value}
        bookings.cancel(uow, key, "", Decision.NO_SHOW if is_no_show else Decision.CANCELED)
    halves = rows.half_fetched(uow.session, uow.now, MOST_AT_ONCE)
    for key in halves:
        _let_go_of_the_rest(uow, key)
    return len(missed) + len(halves)


def _let_go_of_the_rest(uow: UnitOfWork, booking_id: str) -> None:
    """What was fetched is back; the rest of it nobody will fetch any more."""
    rest = [row for _, row in rows.kept_by(uow.session, [booking_id]) if row.status != AllocationStatus.DONE]
    for unit in rest:
        unit.status = AllocationStatus.CANCELED.value
        unit.version += 1
        uow.touch_device(unit.device_id)
    uow.session.flush()
    lending.close_when_all_is_back(uow, booking_id)
    devices = [unit.device_id for unit in rest]
    bookings.mend_models_of(uow, devices)
    waitlist.serve(uow, booking_lines.models_of(uow, devices))
