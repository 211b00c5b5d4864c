"""Bookings: who was promised what from when to when. Whether it is out or back follows from the allocations."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, typed, version

ONE_THING = " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in ("model_id", "kit_id", "device_id"))
ONE_THING += " = 1"


class Booking(SQLModel, table=True):
    """`decision` is what people decided: `requested`, `confirmed`, `rejected`, `canceled`, `no_show`.

    Until they do it is `held`, and gone again at `held_until`."""

    __tablename__ = "booking"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)
    id: str = Field(primary_key=True)
    kind: str = "loan"
    """`loan`, `workshop`, `internal`, `visit`, `room`."""
    decision: str = "confirmed"
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    starts_at: Moment = moment(index=True)
    ends_at: Moment = moment(index=True)
    purpose: str = typed("id", "person_id", "created_by", noun="booking")
    group_size: int | None = None
    client_key: str | None = Field(default=None, unique=True)
    """Chosen by who asked: the same wish sent twice is one booking."""
    series_id: str | None = Field(default=None, index=True)
    held_until: Moment | None = moment(optional=True, index=True)
    """Of a hold: from this moment on it is not there any more, whether or not somebody has deleted it."""
    mode: str = "pickup"
    """`pickup`, `tour`, `drop_box`."""
    receiver_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    """Who takes it; None: who borrows it."""
    transport_min: int = 0
    """Minutes of one way; before and after the loan its devices are taken for so long."""
    created_at: Moment = moment()
    created_by: str = ""
    packed_at: Moment | None = moment(optional=True)
    closed_at: Moment | None = moment(optional=True)
    version: int = version()


class BookingLine(SQLModel, table=True):
    """One wish of a booking: `quantity` of a model, or one kit, or one device."""

    __tablename__ = "booking_line"
    __table_args__ = (
        CheckConstraint(ONE_THING, name="one_thing"),
        CheckConstraint("quantity > 0", name="quantity"),
    )
    id: str = Field(primary_key=True)
    booking_id: str = Field(foreign_key="booking.id", index=True)
    model_id: str | None = Field(default=None, foreign_key="model.id", index=True)
    kit_id: str | None = Field(default=None, foreign_key="kit.id", index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", index=True)
    quantity: int = 1
