"""What the end of a job means: the verdict, the proof, the record, quarantine."""

from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION
from medialab_hub.domain.readiness import chosen_level
from medialab_hub.domain.records import record_hash
from medialab_hub.domain.reset_policy import Evidence, judge, makes_ready, was_touched
from medialab_hub.services import allocations, loan_facts, photos
from medialab_hub.services.ownership import settle_owner
from medialab_hub.services.proofs import forget_proof, note_proof
from medialab_hub.services.stamps import stamp
from medialab_hub.services.subjects import job_changed, reported
from medialab_hub.storage import agents, devices
from medialab_hub.storage import jobs as rows
from medialab_hub.storage.tables import Baseline, Connection, Device, Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import Check, ExecutionStatus, Outcome, StepView, Trouble
from medialab_wire.proof import ENDED_BEFORE, completed
from medialab_wire.texts import Text


def end(uow: UnitOfWork, job: Job, claimed: Outcome | None = None, snapshot: dict[str, object] | None = None) -> None:
    """The job has just become terminal: judge it, write its record, free its device."""
    device = devices.get(uow.session, job.device_id)
    assert device is not None
    job.ended_at = uow.now
    if job.action == RESET_ACTION:
        _judge_reset(uow, job, device, claimed)
        loan_facts.note_reset(uow, job)
    elif job.action == BASELINE_ACTION and job.status == ExecutionStatus.SUCCEEDED:
        _keep_baseline(uow, job, device, snapshot)
    photos.settle(uow, job, _manifest_of(uow, job))
    uow.session.flush()
    settle_owner(uow, device)
    seal(uow, job)
    job_changed(
        uow, job, Happened.JOB_ENDED, device=device.id, status=job.status, outcome=job.outcome, record=job.record_hash
    )
    device.seq = job.seq


def seal(uow: UnitOfWork, job: Job) -> None:
    """Give the record of an ended job its checksum, which hangs on the journal as it is now."""
    job.record_hash = record_hash(uow.journal.last_hash, record_of(job))


def record_of(job: Job) -> dict[str, object]:
    """What is proven about an ended job, and who accepted what was not; JSON. Their words are not in it."""
    assert job.ended_at is not None
    return {
        "job": job.id,
        "device": job.device_id,
        "action": job.action,
        "level": job.level,
        "tidying": job.is_tidying,
        "baseline": job.baseline_id,
        "requested_by": job.requested_by,
        "created": job.created_at.isoformat(),
        "ended": job.ended_at.isoformat(),
        "status": job.status,
        "outcome": job.outcome,
        "steps": job.steps,
        "checks": job.checks,
        "trouble": job.trouble,
        "accepted_by": job.accepted_by,
        "accepted": stamp(job.accepted_at),
    }


def _judge_reset(uow: UnitOfWork, job: Job, device: Device, claimed: Outcome | None) -> None:
    manifest = _manifest_of(uow, job)
    level = None if manifest is None else chosen_level(manifest, job.level)
    checks = [Check.model_validate(check) for check in job.checks]
    steps = [StepView.model_validate(step) for step in job.steps]
    verdict = judge(level, Evidence(ExecutionStatus(job.status), steps, checks, claimed, _ticks(uow, job, steps)))
    job.outcome = None if verdict.outcome is None else verdict.outcome.value
    if level is not None:
        why = None if job.status == ExecutionStatus.SUCCEEDED else ENDED_BEFORE
        job.checks = [check.model_dump(mode="json") for check in completed(level, checks, why)]
    allocations.finish_reset(uow, job)
    job.is_tidying = not makes_ready(manifest, level)
    if verdict.outcome is Outcome.CLEAN and job.is_tidying:
        return  # tidied up, which neither proves that the next group may have it nor unproves it
    if verdict.outcome is not None or was_touched(steps):
        note_proof(uow, job, device, verdict)
    if verdict.outcome is Outcome.QUARANTINED:
        allocations.end_waiting(uow, device.id, is_free=False)
        allocations.quarantine(uow, device.id, job)
    elif verdict.outcome is Outcome.CLEAN:
        allocations.end_waiting(uow, device.id)
        allocations.end_quarantine(uow, device.id, "")
    allocations.is_damaged(uow, device)


def _ticks(uow: UnitOfWork, job: Job, steps: list[StepView]) -> set[tuple[str, str]]:
    """Check and person of each step that was answered "done" at last."""
    last = {answer.step: answer for answer in rows.answers_to(uow.session, [job.id])}
    given = ((step.check, last[step.id]) for step in steps if step.check and step.id in last)
    return {(check, answer.actor) for check, answer in given if answer.done and answer.actor}


def _manifest_of(uow: UnitOfWork, job: Job) -> DriverManifest | None:
    """None also when another device answers there by now: what its agent says proves nothing about this one."""
    connection = None if job.connection_id is None else uow.session.get(Connection, job.connection_id)
    if connection is None or connection.device_id != job.device_id:
        return None
    return agents.manifest(uow.session, connection.driver)


def _keep_baseline(uow: UnitOfWork, job: Job, device: Device, snapshot: dict[str, object] | None) -> None:
    if snapshot is None:
        job.status = ExecutionStatus.FAILED.value
        text = Text(de="Das Gerät hat keinen Zustand geliefert.", en="The device delivered no state.")
        job.trouble = Trouble(code="no-snapshot", text=text).model_dump(mode="json")
        return
    device.kept_traces = _traces_of(uow, job)
    baseline = Baseline(
        id=uow.new_id("bas"),
        device_id=device.id,
        driver=device.driver or "",
        snapshot=dict(snapshot),
        traces=device.kept_traces,
        recorded_at=uow.now,
        job_id=job.id,
    )
    uow.session.add(baseline)
    device.baseline_id = baseline.id
    forget_proof(device)
    reported(uow, device, Happened.BASELINE_RECORDED, job.requested_by, job=job.id)


def _traces_of(uow: UnitOfWork, job: Job) -> dict[str, int]:
    connections = devices.connections_of(uow.session, [job.device_id])
    return next((dict(connection.traces) for connection in connections if connection.id == job.connection_id), {})
