"""Resets one device or many, and says beforehand what would happen."""

from dataclasses import dataclass
from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION
from medialab_hub.domain.readiness import Candidate, Obstacle, plan_resets
from medialab_hub.errors import Conflict
from medialab_hub.services import jobs
from medialab_hub.services.candidates import gather
from medialab_hub.services.job_rows import BATCHES
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import devices
from medialab_hub.storage import jobs as rows
from medialab_hub.storage.tables import Batch, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import ExecutionStatus
from medialab_wire.texts import Text

_NOT_SHOWN = Obstacle(
    "not-shown",
    Text(de="Das Gerät war in der Vorschau nicht dabei.", en="The device was not part of the preview."),
)


@dataclass(frozen=True)
class Scope:
    """Which devices: named ones, or all of a location or station, or the whole lab with `is_everything`; of these,
    those in `only` when it is given."""

    devices: tuple[str, ...] = ()
    location: str | None = None
    station: str | None = None
    is_everything: bool = False
    only: frozenset[str] | None = None


def reset(uow: UnitOfWork, device: str, level: str | None, grace_s: float, actor: str, older_because: str = "") -> str:
    """Start the reset of one device; returns the job. Raises `Conflict` with the obstacle.

    `older_because`: why it may write an older firmware than was proven last."""
    wish = jobs.Wish(device, RESET_ACTION, level, grace_s=grace_s, older_because=older_because)
    return jobs.start(uow, wish, actor)


def record_baseline(uow: UnitOfWork, device: str, actor: str) -> str:
    """Start recording the present state as the good one; returns the job. Raises `Conflict`."""
    return jobs.start(uow, jobs.Wish(device, BASELINE_ACTION), actor)


def preview(uow: UnitOfWork, scope: Scope, level: str | None) -> dict[str, Any]:
    """What a reset of many would touch, and what not and why; the fields of `ResetPreview`."""
    plan = plan_resets(gather(uow, _devices(uow, scope)), level)
    return {
        "touched": [
            {
                "device": entry.device,
                "name": entry.name,
                "level": entry.level,
                "traces": dict(entry.traces),
                "typical_s": entry.typical_s,
            }
            for entry in plan.touched
        ],
        "untouched": [{"name": entry.name, **_left_out(entry.device, entry.obstacle)} for entry in plan.untouched],
        "erases": [text.model_dump() for text in plan.erases],
        "keeps": [text.model_dump() for text in plan.keeps],
        "typical_s": plan.typical_s,
    }


def reset_many(uow: UnitOfWork, scope: Scope, level: str | None, grace_s: float, actor: str) -> str:
    """Start what the preview says; returns the batch, which names who was left out. Raises `Conflict` when all are."""
    found = _devices(uow, scope)
    candidates = {candidate.device: candidate for candidate in gather(uow, found)}
    plan = plan_resets(candidates.values(), level)
    batch = Batch(id=uow.new_id("bat"), action=RESET_ACTION, level=level, requested_by=actor, created_at=uow.now)
    uow.session.add(batch)
    uow.session.flush()
    by_id = {device.id: device for device in found}
    obstacles: dict[str, Obstacle | None] = {entry.device: entry.obstacle for entry in plan.untouched}
    for key in (touched.device for touched in plan.touched):
        is_wanted = scope.only is None or key in scope.only
        obstacles[key] = _start_one(uow, by_id[key], candidates[key], batch, grace_s) if is_wanted else _NOT_SHOWN
    batch.left_out = [_left_out(key, why) for key, why in obstacles.items() if why is not None]
    started = len(found) - len(batch.left_out)
    if not started:
        text = Text(de="Kein Gerät kann zurückgesetzt werden.", en="No device can be reset.")
        raise not_possible("nothing-to-reset", text)
    batch.seq = uow.record(Happened.BATCH_STARTED, batch.id, actor, jobs=started, level=level)
    uow.touch(BATCHES, batch.id)
    return batch.id


def _start_one(uow: UnitOfWork, device: Device, candidate: Candidate, batch: Batch, grace_s: float) -> Obstacle | None:
    """None, or why it was left out after all, such as a booking within the reset's time; nothing is stored then."""
    wish = jobs.Wish(device.id, RESET_ACTION, batch.level, grace_s=grace_s, batch=batch.id)
    try:
        jobs.start_checked(uow, device, candidate, wish, batch.requested_by)
    except Conflict as conflict:
        return Obstacle(conflict.code, conflict.title)
    return None


def _left_out(device: str, why: Obstacle) -> dict[str, Any]:
    """The fields of `Untouched`, without the name: that is stored with the device only."""
    return {"device": device, "code": why.code, "reason": why.reason.model_dump()}


def cancel_batch(uow: UnitOfWork, batch_id: str, actor: str) -> None:
    """Stop every job of the batch that is still open. Raises `NotFound`."""
    batch = rows.batch(uow.session, batch_id)
    if batch is None:
        raise no_such("batch", batch_id)
    for job in rows.of_batch(uow.session, batch_id):
        if not ExecutionStatus(job.status).is_terminal:
            jobs.cancel(uow, job.id, actor)
    batch.seq = uow.record(Happened.BATCH_CANCELED, batch_id, actor)
    uow.touch(BATCHES, batch_id)


def _devices(uow: UnitOfWork, scope: Scope) -> list[Device]:
    chosen = [bool(scope.devices), scope.location is not None, scope.station is not None, scope.is_everything]
    if sum(chosen) != 1:
        raise not_understood(
            "no-scope",
            Text(de="Bitte genau eine Auswahl treffen.", en="Please choose devices in exactly one way."),
        )
    if scope.devices:
        return [require_device(uow, device) for device in dict.fromkeys(scope.devices)]
    return list(devices.in_place(uow.session, scope.location, scope.station))
