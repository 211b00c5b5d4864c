"""What is shown of damage and loss, and that it changed. No person is named: the booking says who had it."""

from collections.abc import Collection, Iterable

from medialab_hub.domain.damages import DamageKind
from medialab_hub.services.names import name_of
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import damages
from medialab_hub.storage.damages import PhotoFacts
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import DamageCase


def views(session: Session, found: Iterable[DamageCase]) -> list[Row]:
    """The fields of `DamageView`, in the order given."""
    found = list(found)
    photos = damages.photos_of(session, [case.id for case in found])
    devices = damages.devices_of(session, found)
    return [
        {
            "id": case.id,
            "device": case.device_id,
            "device_name": devices[case.device_id].name,
            "booking": case.booking_id,
            "kind": case.kind,
            "words": case.words,
            "is_open": case.closed_at is None,
            "blocks": case.closed_at is None and DamageKind(case.kind).blocks,
            "opened": stamp(case.opened_at),
            "opened_by_name": _name(session, case.opened_by),
            "closed": stamp(case.closed_at),
            "closed_by_name": _name(session, case.closed_by),
            "outcome": case.outcome or None,
            "version": case.version,
            "photos": [_photo(photo) for photo in photos if photo.case == case.id],
        }
        for case in found
    ]


def _name(session: Session, principal: str) -> Row | None:
    name = name_of(session, principal)
    return None if name is None else name.model_dump()


def _photo(photo: PhotoFacts) -> Row:
    return {name: value for name, value in photo._asdict().items() if name != "case"}


def one(session: Session, case_id: str) -> Row:
    """One case. Raises `NotFound`."""
    case = damages.get(session, case_id)
    if case is None:
        raise no_such("damage", case_id)
    return views(session, [case])[0]


def some(session: Session, device: str | None, is_open: bool | None, most: int) -> list[Row]:
    """Cases, the newest first."""
    return views(session, damages.some(session, device=device, is_open=is_open, most=most))


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (damages.get(session, key) for key in ids)
    return {row["id"]: row for row in views(session, [case for case in found if case is not None])}


DAMAGES = Noun("damage", _rows)
