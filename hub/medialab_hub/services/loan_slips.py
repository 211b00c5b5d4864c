"""What the loan slip of a booking says, read from what was taken for it."""

from datetime import date

from medialab_hub.domain.accessories import Piece
from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.inspections import InspectionKind
from medialab_hub.domain.loan_slips import LoanSlip, SlipGroup, SlipItem, SlipNote
from medialab_hub.services.accessories import kit_pieces, missing_back, pieces_of
from medialab_hub.services.inspection_rows import LAB
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.storage import bookings, devices, inspections
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import (
    Allocation,
    Booking,
    BookingLine,
    Device,
    Institution,
    Kit,
    Location,
    Model,
    Person,
    Station,
)
from medialab_wire.progress import Outcome
from medialab_wire.texts import Text


def slip_of(session: Session, booking_id: str, lab: str) -> LoanSlip:
    """The slip of a booking; `lab` is who lends. Raises `NotFound`, and `Conflict` when nothing is kept for it."""
    booking = bookings.get(session, booking_id)
    if booking is None:
        raise no_such("booking", booking_id)
    groups = _groups(session, booking)
    if not groups:
        text = Text(
            de="Für diese Buchung ist nichts vorgesehen: Es gibt nichts auszugeben.",
            en="Nothing is kept for this booking: there is nothing to hand out.",
        )
        raise not_possible("nothing-to-hand-out", text, booking_id)
    place = booking.institution_id and session.get(Institution, booking.institution_id)
    person = booking.person_id and session.get(Person, booking.person_id)
    receiver = booking.receiver_id and session.get(Person, booking.receiver_id)
    return LoanSlip(
        lab=lab,
        booking=booking.id,
        is_request=booking.decision == Decision.REQUESTED,
        institution=place.name if place else "",
        school_number=(place.school_number or "") if place else "",
        municipality=place.municipality if place else "",
        person=f"{person.given_name} {person.family_name}".strip() if person else "",
        receiver=f"{receiver.given_name} {receiver.family_name}".strip() if receiver else "",
        purpose=booking.purpose,
        starts=booking.starts_at,
        ends=booking.ends_at,
        groups=groups,
    )


def _groups(session: Session, booking: Booking) -> tuple[SlipGroup, ...]:
    """By kit, else by model, in the order of the lines; in each the devices by their label."""
    lines = {line.id: line for line in bookings.lines(session, [booking.id])}
    units = [row for _, row in bookings.kept_by(session, [booking.id])]
    things = {device.id: device for device in devices.many(session, {unit.device_id for unit in units})}
    parts, gone = pieces_of(session, things), missing_back(session, booking.id)
    of_kits = kit_pieces(session, {line.kit_id for line in lines.values() if line.kit_id})
    order = list(lines)
    groups: dict[tuple[bool, str], list[Allocation]] = {}
    for unit in sorted(units, key=lambda one: (order.index(one.line_id or ""), things[one.device_id].asset_tag or "")):
        groups.setdefault(_title(session, lines[unit.line_id or ""], things[unit.device_id]), []).append(unit)
    return tuple(
        SlipGroup(
            title=title,
            is_kit=is_kit,
            items=tuple(
                _item(session, unit, things[unit.device_id], parts[unit.device_id], gone.get(unit.device_id, ()))
                for unit in found
                if unit.status != AllocationStatus.BROKEN
            ),
            missing=sum(unit.status == AllocationStatus.BROKEN for unit in found),
            pieces=of_kits.get(_kit_of(lines, found) if is_kit else "", ()),
            gone=gone.get(_kit_of(lines, found) if is_kit else "", ()),
        )
        for (is_kit, title), found in groups.items()
    )


def _kit_of(lines: dict[str, BookingLine], found: list[Allocation]) -> str:
    return lines[found[0].line_id or ""].kit_id or ""


def _title(session: Session, line: BookingLine, device: Device) -> tuple[bool, str]:
    kit = None if line.kit_id is None else session.get(Kit, line.kit_id)
    if kit is not None:
        return True, kit.name
    model = _model(session, device)
    return False, "" if model is None else model.name


def _model(session: Session, device: Device) -> Model | None:
    return None if device.model_id is None else session.get(Model, device.model_id)


def _item(
    session: Session, unit: Allocation, device: Device, pieces: tuple[Piece, ...], gone: tuple[Piece, ...]
) -> SlipItem:
    model = _model(session, device)
    return SlipItem(
        name=device.name,
        model=device.model if model is None else model.name,
        tag=device.asset_tag or "",
        pieces=pieces,
        missing=gone,
        tested=_tested(session, device),
        value_cents=None if model is None else model.replacement_cents,
        notes=_notes(unit, device),
        place=_place(session, device),
        is_out=unit.status == AllocationStatus.OUT,
        back_at=unit.ends_at if unit.status == AllocationStatus.DONE else None,
    )


def _tested(session: Session, device: Device) -> date | None:
    """The day of the last safety test, as a clock in the lab shows it."""
    safety = [one for one in inspections.last_of_device(session, device.id) if one.kind is InspectionKind.SAFETY]
    return max((one.done_at.astimezone(LAB).date() for one in safety), default=None)


def _place(session: Session, device: Device) -> str:
    station = None if device.station_id is None else session.get(Station, device.station_id)
    room = session.get(Location, station.location_id if station else device.location_id or "")
    return ", ".join(place.name for place in (room, station) if place is not None)


def _notes(unit: Allocation, device: Device) -> tuple[SlipNote, ...]:
    """What is back has another story since: only that it is back."""
    if unit.status == AllocationStatus.DONE:
        return (SlipNote.BACK,)
    if device.proven_outcome == Outcome.UNVERIFIED:
        return (SlipNote.RELEASED if device.proven_accepted else SlipNote.UNVERIFIED,)
    return (SlipNote.FAILED,) if device.proven_outcome == Outcome.QUARANTINED else ()
