"""Damage and loss."""

from typing import Annotated

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.damages import DamageKind, DamageOutcome
from medialab_wire.texts import Text

Words = Annotated[str, Field(max_length=2000)]


class NewDamage(Body):
    """What is wrong with a device. `booking` None: of the loan in which it is or was last; `is_of_loan` False: none."""

    device: str
    kind: DamageKind
    words: Words = ""
    booking: str | None = None
    is_of_loan: bool = True


class DamageChange(Body):
    """Other words; `version` as it was read."""

    version: int
    words: Words


class DamageEnd(Body):
    """How it ended. `repaired`, `found`, `nothing`: the device waits for the proof of its reset."""

    outcome: DamageOutcome


class DamagePhotoView(BaseModel):
    """A photo; the picture is at `/damages/{case}/photos/{id}`."""

    id: str
    sha256: str
    size: int
    width: int
    height: int


class DamageView(BaseModel):
    """A case; also stream event `damage`. `blocks`: nobody gets the device while it is open."""

    id: str
    device: str
    device_name: str
    booking: str | None = None
    kind: DamageKind
    words: str
    is_open: bool
    blocks: bool
    opened: Instant
    opened_by_name: Text | None = None
    closed: Instant | None = None
    closed_by_name: Text | None = None
    outcome: DamageOutcome | None = None
    version: int
    photos: list[DamagePhotoView]
