"""What belongs to a model or a kit and has to come back with it, and what was missing when somebody looked."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment

ONE_OWNER = "(model_id IS NULL) <> (kit_id IS NULL)"
ONE_THING = "(device_id IS NULL) <> (kit_id IS NULL)"


class Accessory(SQLModel, table=True):
    """One kind of part. A model without any of its own has those of its class in the catalogue."""

    __tablename__ = "accessory"
    __table_args__ = (CheckConstraint(ONE_OWNER, name="one_owner"), CheckConstraint("quantity > 0", name="quantity"))
    id: str = Field(primary_key=True)
    model_id: str | None = Field(default=None, foreign_key="model.id", index=True)
    kit_id: str | None = Field(default=None, foreign_key="kit.id", index=True)
    place: int = 0
    """In the list, from 0 on."""
    name_de: str
    name_en: str
    quantity: int = 1


class AccessoryCheck(SQLModel, table=True):
    """Somebody looked through the parts of a device or a case at hand-over or return; the last look counts."""

    __tablename__ = "accessory_check"
    __table_args__ = (CheckConstraint(ONE_THING, name="one_thing"),)
    id: str = Field(primary_key=True)
    booking_id: str = Field(foreign_key="booking.id", index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", index=True)
    kit_id: str | None = None
    look: str
    """`out`, `back`."""
    missing: list[dict[str, Any]] = document(list)
    """`name` (de, en) as it was called then, `count`."""
    checked_at: Moment = moment()
    actor: str = ""
