"""Accessories: what belongs to models and kits, and what was missing."""

from typing import Annotated

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.accessories import Look
from medialab_wire.texts import Text


class Part(Body):
    """A kind of part. Without an English name the German one is shown."""

    name: Text
    count: int = Field(default=1, ge=1, le=100)


class PartView(BaseModel):
    """A kind of part."""

    name: Text
    count: int


class AccessoryList(BaseModel):
    """What belongs to a model or kit. `is_preset`: nobody changed what the catalogue says."""

    items: list[PartView]
    is_preset: bool


class NewAccessoryList(Body):
    """The whole list; empty for a model: that of the catalogue."""

    items: list[Part] = Field(max_length=60)


class TickItem(BaseModel):
    """A kind of part, and how many were missing at hand-over and at return."""

    name: Text
    count: int
    missing_out: int
    missing_back: int


class TickList(BaseModel):
    """What belongs to a device or a case of a booking. `out`, `back`: when somebody looked; None: nobody did."""

    device: str | None = None
    kit: str | None = None
    name: str
    label: str
    out: Instant | None = None
    back: Instant | None = None
    items: list[TickItem]


class LookedBody(Body):
    """One device or kit; `missing`: how many of which part, by its German name. What is not named is there."""

    device: str | None = None
    kit: str | None = None
    missing: dict[Annotated[str, Field(max_length=80)], Annotated[int, Field(ge=0, le=100)]] = Field(
        default={}, max_length=60
    )


class AccessoryLook(Body):
    """Somebody looked at these; looked at again, that counts."""

    look: Look
    things: list[LookedBody] = Field(max_length=500)
