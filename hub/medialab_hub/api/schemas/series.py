"""Bookings that come again."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_hub.api.schemas.bookings import NewBooking
from medialab_hub.domain.series import Every
from medialab_wire.texts import Text


class RhythmBody(Body):
    """On which days it comes again, up to and with `until`. Weekdays: 0 is Monday; none: that of the first time."""

    until: date
    every: Every = Every.WEEK
    interval: int = Field(default=1, ge=1, le=52)
    weekdays: list[int] = Field(default=[], max_length=7)
    skips_school_holidays: bool = False
    skips_closed_days: bool = True
    leave_out: list[date] = Field(default=[], max_length=100)


class NewSeries(Body):
    """`booking` is the first time; the wall clock shows the same each time."""

    booking: NewBooking
    rhythm: RhythmBody


class SeriesDate(BaseModel):
    """One day: `free` (there will be a booking), `left_out` by the rhythm, or `refused`: then `why` and `remedy`."""

    day: date
    starts: str | None = None
    ends: str | None = None
    state: Literal["free", "left_out", "refused"]
    code: str | None = None
    why: Text | None = None
    remedy: Text | None = None


class SeriesMade(BaseModel):
    """`dry_run`: every date, nothing is saved; else the series and its bookings."""

    series: str | None = None
    bookings: list[str] = []
    dates: list[SeriesDate] = []
