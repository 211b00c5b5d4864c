"""Finds accessories and the looks through them."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, delete, select

from medialab_hub.storage.tables import Accessory, AccessoryCheck


def of_models(session: Session, models: Iterable[str]) -> dict[str, list[Accessory]]:
    """The lists of these models; one without a list is left out."""
    query = select(Accessory).where(col(Accessory.model_id).in_(list(models))).order_by(col(Accessory.place))
    return _by(session.exec(query).all(), "model_id")


def of_kits(session: Session, kits: Iterable[str]) -> dict[str, list[Accessory]]:
    """The lists of these kits; one without a list is left out."""
    query = select(Accessory).where(col(Accessory.kit_id).in_(list(kits))).order_by(col(Accessory.place))
    return _by(session.exec(query).all(), "kit_id")


def _by(rows: Sequence[Accessory], column: str) -> dict[str, list[Accessory]]:
    found: dict[str, list[Accessory]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def drop(session: Session, *, model: str | None = None, kit: str | None = None) -> None:
    """Delete the list of one of them."""
    is_meant = Accessory.model_id == model if model is not None else Accessory.kit_id == kit
    session.exec(delete(Accessory).where(is_meant))  # type: ignore[arg-type]


def checks_of(session: Session, booking: str) -> Sequence[AccessoryCheck]:
    """All looks for a booking."""
    return session.exec(select(AccessoryCheck).where(AccessoryCheck.booking_id == booking)).all()
