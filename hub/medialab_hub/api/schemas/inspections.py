"""Safety tests."""

from typing import Annotated

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.inspections import DueReason, InspectionKind, InspectionResult
from medialab_wire.texts import Text

Measured = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
        Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)],
    ],
    Field(max_length=40),
]
"""Numbers by name with the unit: `r_pe_ohm`, `r_iso_mohm`, `i_leak_ma`."""


class EntryBody(Body):
    """One device, with what was measured at it."""

    device: str
    measured: Measured = {}
    note: str = Field(default="", max_length=500)


class NewInspections(Body):
    """Many devices with one result. `done_at` None: now; `next_due` None: by the interval of the model."""

    entries: list[EntryBody] = Field(min_length=1, max_length=500)
    result: InspectionResult
    kind: InspectionKind = InspectionKind.SAFETY
    done_at: Instant | None = None
    next_due: Instant | None = None


class Entered(BaseModel):
    """The tests that were entered, in the order of the devices."""

    inspections: list[str]


class DueView(BaseModel):
    """A device that has to be tested. `due` 1970: it must not be lent at all until it is."""

    device: str
    model: str | None = None
    due: str
    reason: DueReason
    last_done: str | None = None
    last_result: InspectionResult | None = None


class InspectionView(BaseModel):
    """A test as it was entered."""

    id: str
    device: str
    kind: InspectionKind
    result: InspectionResult
    done_at: str
    next_due: str | None = None
    measured: dict[str, float]
    note: str
    inspector: str
    inspector_name: Text | None = None
