"""Finds supplies, how much of them is there, and what changed it."""

from collections.abc import Collection, Sequence

from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, func, select

from medialab_hub.storage.tables import Supply, SupplyMove

MOST = 200
"""Changes of one supply that are shown."""


def get(session: Session, supply: str) -> Supply | None:
    """The supply of that id."""
    return session.get(Supply, supply)


def named(session: Session, name: str) -> Supply | None:
    """The supply of that name."""
    return session.exec(select(Supply).where(Supply.name == name)).first()


def every(session: Session) -> Sequence[Supply]:
    """All of them by name."""
    return session.exec(select(Supply).order_by(col(Supply.name), col(Supply.id))).all()


def there(session: Session, supplies: Collection[str]) -> dict[str, int]:
    """How much of each of these is there."""
    query = columns(col(SupplyMove.supply_id), func.sum(col(SupplyMove.change)))
    rows = session.execute(query.where(col(SupplyMove.supply_id).in_(supplies)).group_by(col(SupplyMove.supply_id)))
    found = {key: int(total) for key, total in rows}
    return {key: found.get(key, 0) for key in supplies}


def moves(session: Session, supply: str) -> Sequence[SupplyMove]:
    """What changed its stock, the latest first."""
    query = select(SupplyMove).where(SupplyMove.supply_id == supply)
    return session.exec(query.order_by(col(SupplyMove.at).desc(), col(SupplyMove.id).desc()).limit(MOST)).all()


def by_client_key(session: Session, supply: str, key: str) -> SupplyMove | None:
    """The change that was sent with that key."""
    query = select(SupplyMove).where(SupplyMove.supply_id == supply, SupplyMove.client_key == key)
    return session.exec(query).first()


def remove(session: Session, supply: Supply) -> None:
    """It and all its changes."""
    session.exec(delete(SupplyMove).where(col(SupplyMove.supply_id) == supply.id))
    session.delete(supply)
