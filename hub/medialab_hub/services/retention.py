"""Lets go of people by itself: of a loan its person once no claim can come of it, and of whoever was not seen for long.

Statistics are made of facts that never knew anybody, so nothing of them changes."""

from datetime import timedelta

from medialab_hub.domain.events import Happened
from medialab_hub.services import people
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.damage_rows import DAMAGES
from medialab_hub.services.scan_rows import SCANS
from medialab_hub.storage import retention as rows
from medialab_hub.storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = people.MOST_AT_ONCE


def unlink_loans(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Forget for whom bookings were that are over for so long and of which no damage is open; how many.

    What was typed about them goes, too. Booking, institution and time stay."""
    found = rows.linked(uow.session, uow.now - kept_for, uow.now, MOST_AT_ONCE)
    if not found:
        return 0
    for booking in found:
        booking.person_id = booking.receiver_id = booking.client_key = None
        booking.purpose = ""
        booking.version += 1
        uow.leave_no_trace(booking.id)
        uow.touch(BOOKINGS, booking.id)
    uow.session.flush()
    for case in rows.blank_cases(uow.session, [booking.id for booking in found]):
        uow.touch(DAMAGES, case)
    uow.record(Happened.LOANS_UNLINKED, "", loans=len(found))
    return len(found)


def drop_scans(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Forget scan sessions that are over for so long: they say who took what; and who waited in vain. How many."""
    before = uow.now - kept_for
    waited = rows.end_waits(uow.session, before)
    found = rows.scans_before(uow.session, before, MOST_AT_ONCE)
    if found:
        rows.drop_scans(uow.session, found)
    for key in found:
        uow.leave_no_trace(key)
        uow.touch(SCANS, key)
    if found or waited:
        uow.record(Happened.SCANS_FORGOTTEN, "", sessions=len(found), waited=waited)
    return len(found)


def forget_unseen(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Erase people who were not seen for so long and with whom nothing is open; how many."""
    found = rows.unseen(uow.session, uow.now - kept_for, uow.now, MOST_AT_ONCE)
    for person in found:
        people.forget(uow, person, "")
    return len(found)
