"""What is shown of supplies, and that they changed."""

from collections.abc import Collection, Iterable

from medialab_hub.checks.finding import SupplyFact
from medialab_hub.domain.supplies import is_low
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import supplies
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Supply, SupplyMove


def every(session: Session) -> list[Row]:
    """All of them, by name."""
    return _views(session, supplies.every(session))


def moves(session: Session, supply_id: str) -> list[Row]:
    """What changed its stock, the latest first. Raises `NotFound`."""
    if supplies.get(session, supply_id) is None:
        raise no_such("supply", supply_id)
    return [_move(one) for one in supplies.moves(session, supply_id)]


def facts(session: Session) -> list[SupplyFact]:
    """What the checks look at."""
    return [SupplyFact(row["id"], row["name"], row["unit"], row["there"], row["minimum"]) for row in every(session)]


def _move(one: SupplyMove) -> Row:
    return {"id": one.id, "kind": one.kind, "change": one.change, "booking": one.booking_id, "at": stamp(one.at)}


def _views(session: Session, found: Iterable[Supply]) -> list[Row]:
    found = list(found)
    there = supplies.there(session, [one.id for one in found])
    return [{**one.model_dump(), "there": there[one.id], "is_low": is_low(there[one.id], one.minimum)} for one in found]


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (supplies.get(session, key) for key in ids)
    return {row["id"]: row for row in _views(session, [one for one in found if one is not None])}


SUPPLIES = Noun("supply", _rows)
