"""Ends holds whose time is over. Whoever writes into a plan does it first, so none outlives its time."""

from datetime import datetime

from medialab_hub.domain.events import Happened
from medialab_hub.domain.waitlist import WaitState
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.waitlist_rows import WAITLIST
from medialab_hub.storage import holds, waitlist
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = 500


def is_something_due(session: Session, now: datetime) -> bool:
    """True when `end_expired` has something to do."""
    return bool(holds.expired(session, now, 1))


def end_expired(uow: UnitOfWork) -> int:
    """Whatever was held and is not any more; returns how many."""
    over = holds.expired(uow.session, uow.now, MOST_AT_ONCE)
    for key in over:
        end(uow, key, "", WaitState.LAPSED)
    return len(over)


def end(uow: UnitOfWork, booking_id: str, actor: str, waited: WaitState) -> list[str]:
    """This one, and the wait that led to it with it; returns the devices."""
    uow.session.flush()
    for entry in waitlist.offered(uow.session, booking_id):
        entry.state, entry.booking_id = waited.value, None
        uow.record(Happened.WAITING_ENDED, entry.id, actor, how=waited.value)
        uow.touch(WAITLIST, entry.id)
    uow.session.flush()
    devices = holds.remove(uow.session, booking_id)
    for device in devices:
        uow.touch_device(device)
    uow.record(Happened.HOLD_ENDED, booking_id, actor, units=len(devices))
    uow.touch(BOOKINGS, booking_id)
    return devices
