"""Damage and loss, each as a case that is open until somebody closes it."""

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, typed, version


class DamageCase(SQLModel, table=True):
    """What happened to a device. Open, it keeps the person of its booking from being erased."""

    __tablename__ = "damage_case"
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    booking_id: str | None = Field(default=None, foreign_key="booking.id", index=True)
    """The loan during which it happened; None: nobody knows."""
    kind: str
    """`damaged`, `lost`, `part`."""
    words: str = typed("id", "device_id", "opened_by", "booking_id.person_id", noun="damage")
    allocation_id: str | None = Field(default=None, foreign_key="allocation.id")
    """By which the device is out of use."""
    opened_at: Moment = moment(index=True)
    opened_by: str = ""
    closed_at: Moment | None = moment(optional=True, index=True)
    closed_by: str = ""
    outcome: str = ""
    version: int = version()


class DamagePhoto(SQLModel, table=True):
    """A cleaned JPEG: no place, no name of a camera."""

    __tablename__ = "damage_photo"
    id: str = Field(primary_key=True)
    """Made by whoever sends it, so that sending it again is the same photo."""
    case_id: str = Field(foreign_key="damage_case.id", index=True)
    sha256: str
    size: int
    """Bytes."""
    width: int
    height: int
    actor: str = ""
    kept_at: Moment = moment()
    data: bytes = Field(sa_type=LargeBinary)
