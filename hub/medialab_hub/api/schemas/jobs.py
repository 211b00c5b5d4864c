"""Jobs and batches: asked for, followed, stopped, proven."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, field_validator

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.api.schemas.photos import PhotoId, PhotoView, StepEvidence
from medialab_hub.domain.jobs import OLDER_BECAUSE
from medialab_wire.progress import Check, ExecutionStatus, Outcome, StepView, Trouble
from medialab_wire.texts import Text

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]
"""One line that a person types, without control characters."""


class ResetRequest(Body):
    """Reset one device. `grace_s` is the time to stop it before anything is touched (0 to 60).

    `older_because`: why it may write an older firmware than was proven last; for staff only. It stays in the hub."""

    level: str | None = None
    grace_s: float = Field(default=5, ge=0, le=60)
    older_because: Line | None = None


class ResetsRequest(Body):
    """Reset many: the named devices, or all of a location or station, or the whole lab with `everything`.

    `only`: of these, those a person saw in the preview; what came meanwhile is left out and named in the batch."""

    devices: list[str] | None = Field(default=None, max_length=5000)
    location: str | None = None
    station: str | None = None
    everything: bool = False
    only: list[str] | None = Field(default=None, max_length=5000)
    level: str | None = None
    grace_s: float = Field(default=5, ge=0, le=60)


class ActionRequest(Body):
    """Another action of the manifest: `find-me`, `pair`, …"""

    params: dict[str, str | int | float | bool | None] = {}

    @field_validator("params")
    @classmethod
    def _gives_no_reason(cls, params: dict[str, str | int | float | bool | None]) -> object:
        """Only `ResetRequest` takes it, from staff."""
        if OLDER_BECAUSE in params:
            raise ValueError("a reset takes it, not its params")
        return params


class Touched(BaseModel):
    """A device that would be reset, and what is on it now."""

    device: str
    name: str
    level: str
    traces: dict[str, int] = {}
    typical_s: int


class Untouched(BaseModel):
    """A device that would not be reset, and why."""

    device: str
    name: str
    code: str
    reason: Text


class ResetPreview(BaseModel):
    """What a reset of many would touch and what it would not. `erases` merges the texts of the levels."""

    touched: list[Touched]
    untouched: list[Untouched]
    erases: list[Text]
    keeps: list[Text]
    typical_s: int


class JobRow(BaseModel):
    """One line of the list of jobs; also the payload of stream event `job`. `seq` is the fleet sequence."""

    id: str
    seq: int
    batch: str | None = None
    device: str
    device_name: str
    action: str
    level: str | None = None
    status: ExecutionStatus
    outcome: Outcome | None = None
    tidying: bool = False
    """A reset too weak to make its device ready for the next group; known once it has ended."""
    accepted: bool = False
    progress: float | None = None
    step: Text | None = None
    ask: Text | None = None
    """What a person has to do now."""
    why: Text | None = None
    """Why nothing happens (waits for its agent, for another job, for the grace time), when nothing does."""
    created: Instant
    starts: Instant | None = None
    """When the grace time is over; until then stopping costs nothing."""
    ended: Instant | None = None


class JobPage(BaseModel):
    """Newest first; `after` of the next page."""

    items: list[JobRow]
    after: str | None = None
    seq: int


class JobCheck(Check):
    """A piece of evidence, with the name of the person who ticked it; None when a machine read it back."""

    by_name: Text | None = None


class JobNote(BaseModel):
    """What a person wrote when answering a step; kept beside the record, never in it, so that it can be erased."""

    step: Text
    text: str
    by_name: Text | None = None


class JobStep(StepView):
    """A step. `wants_photo`: a photo makes a person's answer to it better; without one the answer counts no less."""

    wants_photo: bool = False
    evidence: StepEvidence | None = None
    """What the record says of a person's answer; once the job has ended."""


class JobDetail(JobRow):
    """One job with its live steps, its evidence and its end. Names are looked up in the accounts, never stored."""

    title: Text
    steps: list[JobStep] = []
    photos: list[PhotoView] = []
    checks: list[JobCheck] = []
    trouble: Trouble | None = None
    agent: str | None = None
    requested_by: str = ""
    requested_by_name: Text | None = None
    older_because: str = ""
    """Why it might write an older firmware than was proven last, in the words of who requested it."""
    accepted_by: str = ""
    accepted_by_name: Text | None = None
    accepted_reason: str = ""
    notes: list[JobNote] = []
    started: Instant | None = None
    baseline_at: Instant | None = None
    """When the good state was recorded that a reset compared with."""
    baseline_traces: dict[str, int] = {}
    """What it contained of people's things, by kind."""
    record_hash: str = ""
    """SHA-256 over the record, chained to the one before it in the journal."""


class StepAnswer(Body):
    """A person did (or could not do) what a step asked for."""

    step: str
    done: bool
    note: str = Field(default="", max_length=200)
    photo: PhotoId | None = None
    """The photo sent before that belongs to this answer."""


class Acceptance(Body):
    """Named staff accept an unverified reset."""

    reason: str = Field(min_length=3, max_length=500)


class BatchView(BaseModel):
    """Several jobs started together; also stream event `batch`. Counts by status and outcome."""

    id: str
    seq: int
    action: str
    created: Instant
    total: int
    open: int
    clean: int
    unverified: int
    quarantined: int
    failed: int
    canceled: int
    left_out: list[Untouched] = []
    """Devices that were asked for and not touched."""
    jobs: list[str] = []
