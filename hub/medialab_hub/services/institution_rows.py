"""What is shown of institutions, and that they changed."""

from collections.abc import Collection, Mapping
from typing import Any

from medialab_hub.domain.institutions import KINDS, SCHOOL_FORMS
from medialab_hub.domain.people import ROLES
from medialab_hub.domain.typed_words import folded
from medialab_hub.services import booking_rows
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import institutions
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Institution
from medialab_wire.texts import Text


def view(one: Institution) -> Row:
    """The fields of `InstitutionView`."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "school_number": one.school_number,
        "school_form": one.school_form,
        "municipality": one.municipality,
        "municipality_key": one.municipality_key,
        "street": one.street,
        "postal_code": one.postal_code,
        "verified": stamp(one.verified_at),
        "archived": stamp(one.archived_at),
        "version": one.version,
    }


def found(session: Session, query: str, most: int, *, archived: bool) -> list[Row]:
    """Those whose name, number or place has every word of `query`."""
    return [view(one) for one in institutions.search(session, folded(query).split(), most, archived=archived)]


def one(session: Session, institution_id: str) -> Row:
    """One of them. Raises `NotFound`."""
    known = institutions.get(session, institution_id)
    if known is None:
        raise no_such("institution", institution_id)
    return view(known)


def booked(session: Session, institution_id: str, most: int) -> list[Row]:
    """What was booked for it, the latest first: the fields of `BookingView`. Raises `NotFound`."""
    if institutions.get(session, institution_id) is None:
        raise no_such("institution", institution_id)
    return booking_rows.views(session, institutions.bookings_of(session, institution_id, most))


def words() -> dict[str, Row]:
    """The words that are stored, with what people read: `kinds`, `school_forms`, `roles`."""
    lists: dict[str, Mapping[Any, Text]] = {"kinds": KINDS, "school_forms": SCHOOL_FORMS, "roles": ROLES}
    return {name: {str(key): text.model_dump() for key, text in entries.items()} for name, entries in lists.items()}


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {one.id: view(one) for one in institutions.many(session, ids)}


INSTITUTIONS = Noun("institution", _rows)
