"""What the report of a damage says, read from the case, its device and its loan."""

from datetime import datetime

from medialab_hub.domain.damages import DamageKind, DamageOutcome, DamageReport, ShownPhoto
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import damages, devices
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, Device, Institution, Model
from medialab_wire.reports import IdentityKind

MOST_PHOTOS = 4
"""On the paper, two a row."""


def report_of(session: Session, case_id: str, lab: str, now: datetime) -> DamageReport:
    """`lab` is whose device it is. Raises `NotFound`."""
    case = damages.get(session, case_id)
    device = None if case is None else session.get(Device, case.device_id)
    if case is None or device is None:
        raise no_such("damage", case_id)
    model = None if device.model_id is None else session.get(Model, device.model_id)
    booking = None if case.booking_id is None else session.get(Booking, case.booking_id)
    place = booking and booking.institution_id and session.get(Institution, booking.institution_id)
    signs = devices.identities_of(session, [device.id])
    found = (damages.photo(session, photo.id) for photo in damages.photos_of(session, [case.id])[:MOST_PHOTOS])
    return DamageReport(
        lab=lab,
        case=case.id,
        kind=DamageKind(case.kind),
        reported=case.opened_at,
        written=now,
        device=device.name,
        model=device.model if model is None else model.name,
        tag=device.asset_tag or "",
        serials=tuple(sorted({sign.shown or sign.value for sign in signs if sign.kind == IdentityKind.SERIAL})),
        owned_since=device.adopted_at,
        value_cents=None if model is None else model.replacement_cents,
        words=case.words,
        booking="" if booking is None else booking.id,
        institution=place.name if place else "",
        loan=None if booking is None else (booking.starts_at, booking.ends_at),
        outcome=DamageOutcome(case.outcome) if case.outcome else None,
        closed=case.closed_at,
        photos=tuple(ShownPhoto(photo.data, photo.width, photo.height) for photo in found if photo is not None),
    )
