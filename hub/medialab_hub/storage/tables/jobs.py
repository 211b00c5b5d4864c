"""Jobs, batches and people's answers."""

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import big_number, document, moment, typed

_OPEN = "status IN ('queued', 'in_progress', 'waiting_person')"


class Job(SQLModel, table=True):
    """One action on one device; its id is also the execution id on the wire. At most one open job a device."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_open_device", "device_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_job_status_created", "status", "created_at"),
    )
    id: str = Field(primary_key=True)
    batch_id: str | None = Field(default=None, foreign_key="batch.id", index=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    connection_id: str | None = None
    agent_id: str | None = Field(default=None, index=True)
    dev: str | None = None
    action: str
    level: str | None = None
    params: dict[str, Any] = document(dict)
    baseline_id: str | None = None
    status: str = "queued"
    outcome: str | None = None
    is_tidying: bool = False
    """A reset weaker than what makes its device ready; known once it has ended."""
    cancel_wanted: bool = False
    released: bool = False
    """The grace time is over: the agent may have seen it."""
    agent_done: bool = False
    """The agent has said it ended."""
    requested_by: str = ""
    older_because: str = typed("id", "device_id", "requested_by", noun="job")
    """Why this reset may write an older firmware than was proven last."""
    accepted_by: str = ""
    accepted_reason: str = typed("id", "device_id", "accepted_by", noun="job")
    accepted_at: Moment | None = moment(optional=True)
    created_at: Moment = moment()
    starts_at: Moment = moment()
    queued_until: Moment | None = moment(optional=True)
    started_at: Moment | None = moment(optional=True)
    ended_at: Moment | None = moment(optional=True)
    deadline_s: float = 900
    ver: int = big_number()
    """Version of the last execution report taken."""
    steps: list[dict[str, Any]] = document(list)
    checks: list[dict[str, Any]] = document(list)
    trouble: dict[str, Any] | None = document()
    record_hash: str = ""
    seq: int = 0


class Batch(SQLModel, table=True):
    """Jobs that were started together."""

    __tablename__ = "batch"
    id: str = Field(primary_key=True)
    action: str
    level: str | None = None
    requested_by: str = ""
    created_at: Moment = moment()
    left_out: list[dict[str, Any]] = document(list)
    """Devices that were asked for and not touched: `device`, `code`, `reason`."""
    seq: int = 0


class JobAnswer(SQLModel, table=True):
    """What a person answered to a waiting step."""

    __tablename__ = "job_answer"
    id: str = Field(primary_key=True)
    job_id: str = Field(foreign_key="job.id", index=True)
    step: str
    done: bool
    note: str = typed("job_id", "job_id.device_id", "actor", noun="job", key="job_id")
    actor: str = ""
    answered_at: Moment = moment()
