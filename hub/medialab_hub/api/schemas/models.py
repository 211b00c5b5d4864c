"""Models: what is promised when nobody asks for one certain device."""

from typing import Literal

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_hub.domain.institutions import InstitutionKind
from medialab_wire.texts import Text


class CareFields(Body):
    """What a loan of it needs; minutes, hours, calendar days, months, cents."""

    is_lendable: bool = True
    prep_min: int = Field(default=0, ge=0, le=1440)
    turnaround_min: int = Field(default=0, ge=0, le=2880)
    max_loan_days: int | None = Field(default=None, ge=1, le=366)
    notice_h: int = Field(default=0, ge=0, le=720)
    test_months: int | None = Field(default=None, ge=1, le=48)
    grace_min: int = Field(default=0, ge=0, le=20160)
    replacement_cents: int | None = Field(default=None, ge=0, le=100_000_000)
    needs_training: bool = False
    lends_to: list[InstitutionKind] = Field(default=[], max_length=6)
    """Kinds of institutions it is lent to; empty: to all, and to people without one."""


class ModelView(CareFields):
    """A model and how many devices it has; also stream event `model`."""

    id: str
    name: str
    class_id: str | None = None
    devices: int = 0
    version: int


class NewModel(Body):
    """A new model. Without `care` it gets what the catalogue advises for its class."""

    name: str = Field(min_length=1, max_length=80)
    class_id: str | None = None
    care: CareFields | None = None
    devices: list[str] = Field(default=[], max_length=500)


class ModelChange(CareFields):
    """Everything of it at once; `version` as it was read."""

    version: int
    name: str = Field(min_length=1, max_length=80)


class DevicesOf(BaseModel):
    """Devices of the inventory that are lent as one of a model."""

    devices: list[str]


class ModelDevices(Body):
    """Devices that are lent as one of this model from now on, and such as no longer are."""

    put_in: list[str] = Field(default=[], max_length=500)
    take_out: list[str] = Field(default=[], max_length=500)


class Freedom(BaseModel):
    """How many of a model can still be promised in a time; `next_start`: when the wanted number is free for as long."""

    model: str
    devices: int
    free: int
    next_start: str | None = None
    reasons: list["Reason"] = []
    words: Text | None = None
    """All of that in a sentence, by kinds and never by names; only when asked about one model."""
    alternatives: list["Alternative"] = []


class Alternative(BaseModel):
    """What else would do: `later` as long, `fewer`, or a `similar` model of the same kind."""

    kind: Literal["later", "fewer", "similar"]
    model: str
    quantity: int
    starts: str
    ends: str
    words: Text


class Reason(BaseModel):
    """Why a device is not free: what takes it, and until when (None: until further notice)."""

    device: str
    kind: str
    until: str | None = None
