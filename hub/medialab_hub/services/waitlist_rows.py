"""What is shown of those who wait, and that it changed."""

from collections.abc import Collection

from medialab_hub.services.stamps import stamp
from medialab_hub.storage import waitlist
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import WaitlistEntry


def every_open(session: Session) -> list[Row]:
    """Who waits or was offered something, in the order in which they came."""
    return [view(entry) for entry in waitlist.every_open(session)]


def view(entry: WaitlistEntry) -> Row:
    """The fields of `WaitView`."""
    return {
        "id": entry.id,
        "model": entry.model_id,
        "quantity": entry.quantity,
        "starts": stamp(entry.starts_at),
        "ends": stamp(entry.ends_at),
        "institution": entry.institution_id,
        "person": entry.person_id,
        "state": entry.state,
        "booking": entry.booking_id,
        "since": stamp(entry.created_at),
    }


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (waitlist.get(session, key) for key in ids)
    return {entry.id: view(entry) for entry in found if entry is not None}


WAITLIST = Noun("waitlist", _rows)
