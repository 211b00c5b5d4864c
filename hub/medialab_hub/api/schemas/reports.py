"""Reports: the year, what more devices would have served, and whether somebody changed what happened."""

from datetime import date

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.annual_reports import YearKind
from medialab_wire.texts import Text


class MeasuresView(BaseModel):
    """Counts of a group: `loans` as they were booked, `items` as devices, `participants` as the sizes of groups.

    `unmet` wishes were refused, of which `unmet_units` devices were missing. Rates are 0 to 1, None without a base."""

    loans: int
    items: int
    loan_days: int
    participants: int
    on_time: int
    on_time_rate: float | None
    damages: int
    unverified: int
    reset_min: int
    unmet: int
    unmet_units: int
    lent_days: int | None
    owned_days: int | None
    utilisation: float | None


class GroupView(MeasuresView):
    """One group; an empty key is what belongs to none."""

    key: str
    name: Text


class ReportGroups(BaseModel):
    """The same loans, told apart in different ways. A device counts in each of its areas."""

    institution_kind: list[GroupView]
    school_form: list[GroupView]
    municipality: list[GroupView]
    area: list[GroupView]
    model: list[GroupView]


class ProgrammeUse(BaseModel):
    """Use of what one funding programme paid for; `bound` devices must be used for that beyond the year."""

    programme: str
    devices: int
    bound: int
    loans: int
    items: int
    loan_days: int
    utilisation: float | None


class AnnualReportView(BaseModel):
    """Loans handed out in the year that are back, and wishes for it that were refused. Nobody is named."""

    kind: YearKind
    year: int
    first: date
    last: date
    made: Instant
    total: MeasuresView
    groups: ReportGroups
    programmes: list[ProgrammeUse]


class WhatIf(BaseModel):
    """With `more` devices of the model, `served` of the `refused` wishes of the year would have been served."""

    model: str
    more: int
    refused: int
    served: int


class RefusedWish(Body):
    """What somebody wanted and could not have; for whom only as the institution."""

    model: str
    quantity: int = Field(default=1, ge=1, le=500)
    starts: Instant
    ends: Instant
    institution: str | None = None


class AuditView(BaseModel):
    """Whether the chain of the journal is whole. `broken_at`: the first number that was changed or is missing."""

    is_whole: bool
    rows: int
    broken_at: int | None
    changed_records: list[str]
