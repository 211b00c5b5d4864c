"""How a booking gets to its people and back: at the desk, by tour, through the drop box."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.deliveries import DeliveryMode, Stop, in_order
from medialab_hub.domain.events import Happened
from medialab_hub.domain.opening import start_of_day
from medialab_hub.services import booking_lines
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import require_booking
from medialab_hub.services.people import require_person
from medialab_hub.services.refusals import not_possible, not_understood
from medialab_hub.storage import bookings, deliveries
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, Institution
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


@dataclass(frozen=True)
class DeliveryWish:
    """`receiver`: who takes it, when that is not who borrows it. `transport_min`: minutes of one way."""

    mode: DeliveryMode
    receiver: str | None = None
    transport_min: int = 0


def put(uow: UnitOfWork, booking_id: str, wish: DeliveryWish, actor: str) -> None:
    """This is how it gets there; the way is part of the time nobody else gets the devices.

    Raises `Conflict` when they are promised to others for the way, or are out already; `NotFound`, `HubError`."""
    booking = require_booking(uow, booking_id)
    if not Decision(booking.decision).is_open or booking.closed_at is not None:
        text = Text(de="Diese Buchung ist beendet.", en="This booking has ended.")
        raise not_possible("booking-over", text, booking_id)
    if wish.receiver is not None:
        require_person(uow, wish.receiver)
    if wish.mode is DeliveryMode.TOUR and booking.institution_id is None:
        text = Text(
            de="Für eine Tour fehlt die Einrichtung: Wohin soll es?",
            en="A tour needs an institution: where does it go?",
        )
        raise not_understood("no-institution", text)
    if wish.mode is not DeliveryMode.TOUR and wish.transport_min:
        raise not_understood(
            "no-way", Text(de="Nur eine Tour braucht Fahrzeit.", en="Only a tour takes time to drive.")
        )
    is_longer = wish.transport_min != booking.transport_min
    booking.mode, booking.receiver_id, booking.transport_min = wish.mode.value, wish.receiver, wish.transport_min
    booking.version += 1
    uow.session.flush()
    if is_longer and booking.decision == Decision.CONFIRMED:
        _keep_anew(uow, booking)
    uow.record(Happened.BOOKING_CHANGED, booking.id, actor, mode=booking.mode, transport=booking.transport_min)
    uow.touch(BOOKINGS, booking.id)


def _keep_anew(uow: UnitOfWork, booking: Booking) -> None:
    units = [row for _, row in bookings.kept_by(uow.session, [booking.id])]
    if any(unit.status in (AllocationStatus.OUT, AllocationStatus.DONE) for unit in units):
        text = Text(de="Davon ist schon etwas ausgegeben.", en="Some of it has already been handed out.")
        raise not_possible("already-out", text, booking.id)
    devices = booking_lines.release(uow, booking)
    for line in bookings.lines(uow.session, [booking.id]):
        booking_lines.keep(uow, booking, line)
    booking_lines.mend_models_of(uow, devices)


def tour(session: Session, day: date, zone: ZoneInfo) -> Row:
    """Where the tour of a local day stops: the fields of `Tour`."""
    start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
    places: dict[str, Institution] = {}
    brings: dict[str, list[str]] = {}
    fetches: dict[str, list[str]] = {}
    for booking, place in deliveries.of_tour(session, start, end):
        places[place.id] = place
        for found, moment in ((brings, booking.starts_at), (fetches, booking.ends_at)):
            if _is_within(moment, start, end):
                found.setdefault(place.id, []).append(booking.id)
    stops = [
        Stop(
            institution=key,
            name=place.name,
            street=place.street,
            postal_code=place.postal_code,
            municipality=place.municipality,
            brings=tuple(brings.get(key, ())),
            fetches=tuple(fetches.get(key, ())),
        )
        for key, place in places.items()
    ]
    return {"day": day.isoformat(), "stops": [vars(stop) | {} for stop in in_order(stops)]}


def _is_within(moment: datetime, start: datetime, end: datetime) -> bool:
    return start <= moment < end
