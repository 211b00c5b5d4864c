"""Lets go of people by itself: of a loan its person once no claim can come of it, and of whoever was not seen for long.

Statistics are made of facts that never knew anybody, so nothing of them changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from medialab_hub.domain.events import Happened
from medialab_hub.services import people
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.damage_rows import DAMAGES
from medialab_hub.services.scan_rows import SCANS
from medialab_hub.services.support_case_rows import SUPPORT_CASES
from medialab_hub.storage import retention as rows
from medialab_hub.storage import support_cases
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
    keys = [booking.id for booking in found]
    for case in rows.blank_cases(uow.session, keys):
        uow.touch(DAMAGES, case)
    _forget_support(uow, keys, uow.now - kept_for)
    uow.record(Happened.LOANS_UNLINKED, "", loans=len(found))
    return len(found)


def drop_scans(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Forget scan sessions over for so long: they say who took what; who waited in vain, what was settled. How many."""
    before = uow.now - kept_for
    waited = rows.end_waits(uow.session, before)
    _forget_support(uow, (), before)
    found = rows.scans_before(uow.session, before, MOST_AT_ONCE)
    if found:
        rows.drop_scans(uow.session, found)
    for key in found:
        uow.leave_no_trace(key)
        uow.touch(SCANS, key)
    if found or waited:
        uow.record(Happened.SCANS_FORGOTTEN, "", sessions=len(found), waited=waited)
    return len(found)


def _forget_support(uow: UnitOfWork, bookings: Sequence[str], closed_before: datetime) -> None:
    """What people wrote about devices may say who they are."""
    for case in sorted(support_cases.blank(uow.session, bookings, closed_before)):
        uow.leave_no_trace(case)
        uow.touch(SUPPORT_CASES, case)


def forget_unseen(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Erase people who were not seen for so long and with whom nothing is open; how many."""
    found = rows.unseen(uow.session, uow.now - kept_for, uow.now, MOST_AT_ONCE)
    for person in found:
        people.forget(uow, person, "")
    return len(found)
