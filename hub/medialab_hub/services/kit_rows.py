"""What is shown of kits, and that they changed; how ready they are follows from their devices' rows."""

from collections.abc import Collection, Iterable

from medialab_hub.storage import kits
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Kit


def _row(kit: Kit) -> Row:
    return {"id": kit.id, "name": kit.name}


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (session.get(Kit, key) for key in ids)
    return {kit.id: _row(kit) for kit in found if kit is not None}


def _every(session: Session) -> Iterable[Row]:
    return [_row(kit) for kit in kits.kits(session)]


KITS = Noun("kit", _rows, every=_every, order=lambda row: (row["name"].casefold(), row["id"]))
