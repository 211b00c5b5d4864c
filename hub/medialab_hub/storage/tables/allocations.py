"""The one table that knows "busy". Overlap is refused by the database (see migrations)."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, typed

_IN_OTHER_HANDS = "kind IN ('loan', 'workshop') AND status IN ('held', 'confirmed', 'out', 'done')"


def _only(condition: str) -> dict[str, Any]:
    """An index over some of the rows."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Allocation(SQLModel, table=True):
    """A half-open interval in which a device is taken. `ends_at` None: until further notice.

    `blocked_from`/`blocked_to` include preparation and turnaround. Rows with a parent lie inside it and never clash.
    Statuses that block: `held`, `confirmed`, `out`; others: `done`, `broken`, `canceled`, `moving`."""

    __tablename__ = "allocation"
    __table_args__ = (
        # What is over stays for years: nobody who asks what goes on shall have to read it.
        Index("ix_allocation_device_status", "device_id", "status"),
        Index("ix_allocation_kind_status", "kind", "status"),
        CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name="order"),
        CheckConstraint("blocked_from <= starts_at", name="preparation"),
        CheckConstraint(
            "(ends_at IS NULL) = (blocked_to IS NULL) AND (ends_at IS NULL OR ends_at <= blocked_to)", name="turnaround"
        ),
        Index("ix_allocation_broken", "device_id", "ends_at", **_only("status = 'broken'")),
        Index("ix_allocation_use", "device_id", "starts_at", "ends_at", **_only(_IN_OTHER_HANDS)),
    )
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id")
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
    held_until: Moment | None = moment(optional=True)
    """Of a hold: as that of its booking; from then on it takes nothing."""
    is_pinned: bool = False
    """Somebody wants this very device: the planner does not move it."""
    job_id: str | None = None
    """The job of a reset; a reset without one is a returned device that waits for its proof."""
    erase_from: Moment | None = moment(optional=True)
    """Of a returned device: not before, what is on it may be erased."""
    reason: str = typed("id", "device_id", "job_id", "actor", noun="device", key="device_id")
    actor: str = ""
    version: int = 0
