"""Finds out with one question whether anything at all is going on with a few devices."""

from collections.abc import Sequence

from sqlalchemy import exists, literal, select, union_all
from sqlmodel import Session, col

from medialab_hub.storage.allocations import BLOCKING
from medialab_hub.storage.chunks import IDS
from medialab_hub.storage.jobs import OPEN
from medialab_hub.storage.tables import Allocation, Device, Job, OpenIssue

JOBS, ALLOCATIONS, ISSUES = "jobs", "allocations", "issues"
FEW = 20
"""With more devices something is going on with one of them anyway."""

_QUESTION = union_all(
    select(literal(JOBS)).where(col(Job.device_id).in_(IDS), col(Job.status).in_(OPEN)),
    select(literal(ALLOCATIONS)).where(col(Allocation.device_id).in_(IDS), col(Allocation.status).in_(BLOCKING)),
    select(literal(ISSUES)).where(col(OpenIssue.device_id).in_(IDS)),
)


IS_GOING_ON = {
    JOBS: exists().where(Job.device_id == Device.id, col(Job.status).in_(OPEN)),
    ALLOCATIONS: exists().where(Allocation.device_id == Device.id, col(Allocation.status).in_(BLOCKING)),
    ISSUES: exists().where(OpenIssue.device_id == Device.id),
}
"""The same as conditions, for statements that select devices."""


def what_is_going_on(session: Session, devices: Sequence[str]) -> set[str]:
    """Which of jobs, allocations and issues these devices have; all three when there are many devices."""
    if len(devices) > FEW:
        return {JOBS, ALLOCATIONS, ISSUES}
    return {str(noun) for (noun,) in session.connection().execute(_QUESTION, {"ids": list(devices)})}
