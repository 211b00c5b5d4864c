"""How devices were bought, and how much they are used by programme."""

from datetime import date

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body


class AcquisitionBody(Body):
    """What is known; `version` as it was read."""

    price_cents: int | None = Field(default=None, ge=0)
    bought_on: date | None = None
    warranty_until: date | None = None
    supplier: str = Field(default="", max_length=120)
    cost_center: str = Field(default="", max_length=120)
    programme: str = Field(default="", max_length=120)
    bound_until: date | None = None
    """Last day on which it must be used for what it was paid for."""
    version: int


class ProgrammeView(BaseModel):
    """The devices that one programme paid for, "" for none, and how much they were out."""

    programme: str
    devices: int
    retired: int
    bound: int
    price_cents: int
    loans: int
    hours: float
    bound_until: date | None
