"""The one table that knows "busy". Overlap is refused by the database (see migrations)."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, typed


class Allocation(SQLModel, table=True):
    """A half-open interval in which a device is taken. `ends_at` None: until further notice.

    `blocked_from`/`blocked_to` include preparation and turnaround. Rows with a parent lie inside it and never clash.
    Statuses that block: `held`, `confirmed`, `out`; others: `done`, `broken`, `canceled`, `moving`."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name="order"),
        CheckConstraint("blocked_from <= starts_at", name="preparation"),
        CheckConstraint(
            "(ends_at IS NULL) = (blocked_to IS NULL) AND (ends_at IS NULL OR ends_at <= blocked_to)", name="turnaround"
        ),
    )
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    kind: str
    """`loan`, `workshop`, `maintenance`, `inspection`, `reset`, `quarantine`."""
    status: str = "confirmed"
    starts_at: Moment = moment()
    ends_at: Moment | None = moment(optional=True)
    blocked_from: Moment = moment()
    blocked_to: Moment | None = moment(optional=True)
    parent_id: str | None = Field(default=None, foreign_key="allocation.id")
    line_id: str | None = Field(default=None, foreign_key="booking_line.id", index=True)
    """The wish it keeps."""
    is_pinned: bool = False
    """Somebody wants this very device: the planner does not move it."""
    job_id: str | None = None
    """The job of a reset; a reset without one is a returned device that waits for its proof."""
    erase_from: Moment | None = moment(optional=True)
    """Of a returned device: not before, what is on it may be erased."""
    reason: str = typed("id", "device_id", "job_id", "actor", noun="device", key="device_id")
    actor: str = ""
    version: int = 0
