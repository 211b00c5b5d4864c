"""What is shown of bookings, and that they changed."""

from collections.abc import Collection, Iterable

from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision, state_of
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import bookings
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Allocation, Booking, BookingLine


def views(session: Session, found: Iterable[Booking]) -> list[Row]:
    """The fields of `BookingView`, in the order given."""
    found = list(found)
    keys = [booking.id for booking in found]
    units: dict[str, list[Allocation]] = {key: [] for key in keys}
    for key, row in bookings.kept_by(session, keys):
        units[key].append(row)
    lines: dict[str, list[BookingLine]] = {key: [] for key in keys}
    for line in bookings.lines(session, keys):
        lines[line.booking_id].append(line)
    return [_row(booking, lines[booking.id], units[booking.id]) for booking in found]


def _row(booking: Booking, lines: Collection[BookingLine], units: Collection[Allocation]) -> Row:
    statuses = [AllocationStatus(unit.status) for unit in units]
    state = state_of(Decision(booking.decision), statuses, is_packed=booking.packed_at is not None)
    return {
        "id": booking.id,
        "kind": booking.kind,
        "state": state.value,
        "institution": booking.institution_id,
        "person": booking.person_id,
        "starts": stamp(booking.starts_at),
        "ends": stamp(booking.ends_at),
        "group_size": booking.group_size,
        "mode": booking.mode,
        "receiver": booking.receiver_id,
        "transport_min": booking.transport_min,
        "series": booking.series_id,
        "held_until": stamp(booking.held_until),
        "version": booking.version,
        "lines": [
            {
                "id": line.id,
                "model": line.model_id,
                "kit": line.kit_id,
                "device": line.device_id,
                "quantity": line.quantity,
                "units": [_unit(unit) for unit in units if unit.line_id == line.id],
            }
            for line in lines
        ],
    }


def _unit(unit: Allocation) -> Row:
    return {"id": unit.id, "device": unit.device_id, "status": unit.status, "pinned": unit.is_pinned}


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (bookings.get(session, key) for key in ids)
    return {row["id"]: row for row in views(session, [booking for booking in found if booking is not None])}


BOOKINGS = Noun("booking", _rows)


def between(session: Session, interval: Interval, most: int) -> list[Row]:
    """Bookings that touch the time."""
    assert interval.end is not None
    return views(session, bookings.between(session, interval.start, interval.end, most))


def lent_now(session: Session) -> list[Row]:
    """Bookings of which something is out, what is due first."""
    return views(session, bookings.with_something_out(session))


def one(session: Session, booking_id: str) -> Row:
    """One booking with its purpose: the fields of `BookingDetail`. Raises `NotFound`."""
    booking = bookings.get(session, booking_id)
    if booking is None:
        raise no_such("booking", booking_id)
    return {**views(session, [booking])[0], "purpose": booking.purpose}


def still_out(session: Session, keys: Collection[str]) -> list[str]:
    """Devices of these bookings that are not back."""
    return [row.device_id for _, row in bookings.kept_by(session, keys) if row.status == AllocationStatus.OUT]
