"""Finds kits and what is in them."""

from collections.abc import Sequence

from sqlmodel import Session, select

from medialab_hub.storage.tables import BookingLine, Device, Kit


def kits(session: Session) -> Sequence[Kit]:
    """All kits by name."""
    return session.exec(select(Kit).order_by(Kit.name)).all()


def kit_named(session: Session, name: str) -> Kit | None:
    """The kit of that name."""
    return session.exec(select(Kit).where(Kit.name == name)).first()


def devices_in(session: Session, kit: str) -> Sequence[Device]:
    """Every device, retired or not, that is in it."""
    return session.exec(select(Device).where(Device.kit_id == kit)).all()


def is_in_a_booking(session: Session, kit: str) -> bool:
    """A booking, however old, names it."""
    return session.exec(select(BookingLine.id).where(BookingLine.kit_id == kit).limit(1)).first() is not None
