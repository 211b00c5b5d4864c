"""Finds out with one question whether anything at all is going on with a few devices."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlmodel import Session, col

from medialab_hub.storage.allocations import BLOCKING
from medialab_hub.storage.chunks import IDS
from medialab_hub.storage.jobs import OPEN
from medialab_hub.storage.tables import Allocation, Device, Job, OpenIssue

JOBS, ALLOCATIONS, ISSUES = "jobs", "allocations", "issues"
FEW = 20
"""With more devices something is going on with one of them anyway."""


def _is_one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """Words of ours stand in the statement itself: for parameters it would be written or planned anew each time."""
    return col(column).in_([literal_column(f"'{value}'") for value in values])


IS_GOING_ON = {
    JOBS: exists().where(col(Job.device_id) == col(Device.id), _is_one_of(Job.status, OPEN)),
    ALLOCATIONS: exists().where(col(Allocation.device_id) == col(Device.id), _is_one_of(Allocation.status, BLOCKING)),
    ISSUES: exists().where(col(OpenIssue.device_id) == col(Device.id)),
}
"""Conditions for statements that select devices."""
_QUESTION = select(*IS_GOING_ON.values()).where(col(Device.id).in_(IDS))


def what_is_going_on(session: Session, devices: Sequence[str]) -> set[str]:
    """Which of jobs, allocations and issues these devices have; all three when there are many devices."""
    if len(devices) > FEW:
        return {JOBS, ALLOCATIONS, ISSUES}
    found = session.connection().execute(_QUESTION, {"ids": list(devices)})
    return {noun for row in found for noun, is_there in zip(IS_GOING_ON, row, strict=True) if is_there}
