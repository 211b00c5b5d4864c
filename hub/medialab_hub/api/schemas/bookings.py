"""Bookings and loans."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.bookings import BookingKind, BookingState, Excuse
from medialab_hub.domain.deliveries import DeliveryMode


class LineBody(Body):
    """`quantity` of a model, or a whole kit, or one device; exactly one of the three."""

    model: str | None = None
    kit: str | None = None
    device: str | None = None
    quantity: int = Field(default=1, ge=1, le=500)


class NewBooking(Body):
    """A wish. `client_key`: any text of the sender's; sent again, it stays one booking. `starts` None: now."""

    lines: list[LineBody] = Field(min_length=1, max_length=100)
    starts: Instant | None = None
    ends: Instant
    kind: BookingKind = BookingKind.LOAN
    is_request: bool = False
    institution: str | None = None
    person: str | None = None
    purpose: str = Field(default="", max_length=500)
    group_size: int | None = Field(default=None, ge=1, le=10_000)
    client_key: str | None = Field(default=None, min_length=8, max_length=80)
    excuse: Excuse | None = None
    """Of staff: why a rule of the house is set aside."""


class Move(Body):
    """Another time; `following`: later ones of its series move by as much on the wall clock."""

    starts: Instant
    ends: Instant
    following: bool = False
    excuse: Excuse | None = None


class HowMany(BaseModel):
    """Bookings that were changed."""

    bookings: int


class UnitView(BaseModel):
    """One device that keeps a line: `held`, `confirmed`, `out`, `done`, or `broken` when there is no room for it."""

    id: str
    device: str
    status: str
    pinned: bool


class LineView(BaseModel):
    """A line and what keeps it."""

    id: str
    model: str | None = None
    kit: str | None = None
    device: str | None = None
    quantity: int
    units: list[UnitView]


class BookingView(BaseModel):
    """A booking as it is now; also stream event `booking`."""

    id: str
    kind: BookingKind
    state: BookingState
    institution: str | None = None
    person: str | None = None
    starts: str
    ends: str
    group_size: int | None = None
    mode: DeliveryMode = DeliveryMode.PICKUP
    receiver: str | None = None
    transport_min: int = 0
    series: str | None = None
    held_until: str | None = None
    """Of a hold: until then it is kept."""
    version: int
    lines: list[LineView]


class BookingDetail(BookingView):
    """One booking with what was typed about it; that is never sent round."""

    purpose: str


class Made(BaseModel):
    """The booking that was made, or was there already."""

    booking: str


class CheckOut(Body):
    """Devices that are handed out now for a booking."""

    devices: list[str] = Field(min_length=1, max_length=500)


class CheckIn(Body):
    """Devices that are back. `at`: when they were dropped off, if that was earlier."""

    devices: list[str] = Field(min_length=1, max_length=500)
    at: Instant | None = None


class Returned(BaseModel):
    """What was taken back, and what of the same bookings is still missing."""

    bookings: list[str]
    missing: list[str]
