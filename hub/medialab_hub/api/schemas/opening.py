"""Opening hours, closures and holidays."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_wire.texts import Text

Minute = Annotated[int, Field(ge=0, le=1440)]
Weekday = Annotated[list[tuple[Minute, Minute]], Field(max_length=6)]
"""From when to when, in minutes of the local day."""
Week = Annotated[list[Weekday], Field(min_length=7, max_length=7)]


class ClosureBody(Body):
    """Closed from the first up to and with the last day."""

    first: date
    last: date
    reason: str = Field(default="", max_length=200)


class OpeningFields(Body):
    """`hours`: Monday first. On public holidays it is closed anyway."""

    hours: Week
    closures: list[ClosureBody] = Field(default=[], max_length=500)
    closes_in_school_holidays: bool = False
    version: int


class HolidaysView(BaseModel):
    """From the first up to and with the last day."""

    first: date
    last: date
    name: Text


class DayView(BaseModel):
    """One day: from when to when it is open (none: closed), and why it is closed when hours would have it open."""

    day: date
    times: list[tuple[str, str]]
    why: Text | None = None


class OpeningView(OpeningFields):
    """Everything about when the centre is open; holidays of the next thirteen months."""

    is_open: bool
    next_opening: str | None = None
    """Now when it is open; None when nobody entered the hours."""
    days: list[DayView]
    """The next two weeks, today first."""
    public_holidays: list[HolidaysView]
    school_holidays: list[HolidaysView]
    school_holidays_known_until: date


class LoanEnd(BaseModel):
    """When a loan of so many days is to be back."""

    ends: str
