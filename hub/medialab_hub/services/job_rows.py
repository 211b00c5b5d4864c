"""Builds the lines and pages of jobs and batches: dicts with exactly the fields of the API's bodies."""

from collections import Counter
from collections.abc import Collection, Sequence

from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION
from medialab_hub.domain.progress import Situation, current_step, fraction, why_waiting
from medialab_hub.domain.readiness import chosen_level
from medialab_hub.services.names import name_of
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import agents, devices, jobs
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Agent, Batch, Connection, Device, Job
from medialab_wire.capabilities import DriverManifest
from medialab_wire.presence import AgentPhase
from medialab_wire.progress import ExecutionStatus, StepView
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text

_TITLES = {
    RESET_ACTION: Text(de="Zurücksetzen", en="Reset"),
    BASELINE_ACTION: Text(de="Guten Zustand festhalten", en="Record the good state"),
    "find-me": Text(de="Gerät zeigt sich", en="Device shows itself"),
    "pair": Text(de="Verbinden", en="Pair"),
}


def job_rows(session: Session, found: Sequence[Job]) -> list[Row]:
    """The rows of these jobs, in the same order."""
    names = {device.id: device.name for device in devices.many(session, {job.device_id for job in found})}
    return [_row(session, job, names.get(job.device_id, "")) for job in found]


def _row(session: Session, job: Job, name: str) -> Row:
    steps = [StepView.model_validate(step) for step in job.steps]
    running = current_step(steps)
    is_open = not ExecutionStatus(job.status).is_terminal
    why = _why(session, job) if is_open else None
    return {
        "id": job.id,
        "seq": job.seq,
        "batch": job.batch_id,
        "device": job.device_id,
        "device_name": name,
        "action": job.action,
        "level": job.level,
        "status": job.status,
        "outcome": job.outcome,
        "tidying": job.is_tidying,
        "accepted": bool(job.accepted_by),
        "progress": fraction(steps),
        "step": None if running is None else running.title.model_dump(),
        "ask": None if running is None or running.ask is None else running.ask.model_dump(),
        "why": None if why is None else why.model_dump(),
        "created": stamp(job.created_at),
        "starts": stamp(job.starts_at),
        "ended": stamp(job.ended_at),
    }


def _why(session: Session, job: Job) -> Text | None:
    agent = None if job.agent_id is None else session.get(Agent, job.agent_id)
    connection = None if job.connection_id is None else session.get(Connection, job.connection_id)
    return why_waiting(
        Situation(
            status=ExecutionStatus(job.status),
            is_released=job.released,
            is_cancel_wanted=job.cancel_wanted,
            agent=AgentPhase.LOST if agent is None else AgentPhase(agent.phase),
            presence=Presence.ABSENT if connection is None else Presence(connection.presence),
            access=Access.NONE if connection is None else Access(connection.access),
        )
    )


def job_detail(session: Session, job: Job) -> Row:
    """One job with its steps, its evidence and its end; the fields of `JobDetail`."""
    device = session.get(Device, job.device_id)
    manifest = agents.manifest(session, None if device is None else device.driver)
    baseline = devices.baseline(session, job.baseline_id)
    return {
        **_row(session, job, "" if device is None else device.name),
        "title": title_of(job, manifest).model_dump(),
        "steps": job.steps,
        "checks": [{**check, "by_name": _name(session, check.get("by", ""))} for check in job.checks],
        "trouble": job.trouble,
        "agent": job.agent_id,
        "requested_by": job.requested_by,
        "requested_by_name": _name(session, job.requested_by),
        "accepted_by": job.accepted_by,
        "accepted_by_name": _name(session, job.accepted_by),
        "accepted_reason": job.accepted_reason,
        "notes": _notes(session, job),
        "started": stamp(job.started_at),
        "record_hash": job.record_hash,
        "baseline_at": stamp(None if baseline is None else baseline.recorded_at),
        "baseline_traces": {} if baseline is None else {k: n for k, n in baseline.traces.items() if n},
    }


def _notes(session: Session, job: Job) -> list[Row]:
    titles = {step["id"]: step["title"] for step in job.steps}
    return [
        {
            "step": titles.get(answer.step) or Text.same(answer.step).model_dump(),
            "text": answer.note,
            "by_name": _name(session, answer.actor),
        }
        for answer in jobs.answers_to(session, [job.id])
        if answer.note
    ]


def _name(session: Session, principal: str) -> Row | None:
    name = name_of(session, principal)
    return None if name is None else name.model_dump()


def title_of(job: Job, manifest: DriverManifest | None) -> Text:
    """What the job does, in the words of the device's manifest where it has some."""
    if manifest is not None:
        level = chosen_level(manifest, job.level) if job.action == RESET_ACTION else None
        if level is not None:
            return level.title
        for action in manifest.actions:
            if action.id == job.action:
                return action.title
    return _TITLES.get(job.action, Text(de=job.action, en=job.action))


def batch_view(session: Session, batch: Batch) -> Row:
    """Counts by status and outcome. Every job is counted once."""
    counts: Counter[str] = Counter()
    for status, outcome, _accepted, many in jobs.batch_counts(session, batch.id):
        counts[_bucket(ExecutionStatus(status), outcome)] += many
    ids = jobs.batch_job_ids(session, batch.id)
    names = _names_now(session, {entry["device"] for entry in batch.left_out})
    named = {key: counts[key] for key in ("open", "clean", "unverified", "quarantined", "failed", "canceled")}
    return {
        "id": batch.id,
        "seq": batch.seq,
        "action": batch.action,
        "created": stamp(batch.created_at),
        "total": len(ids),
        **named,
        "left_out": [{"name": names.get(entry["device"], ""), **entry} for entry in batch.left_out],
        "jobs": ids,
    }


def _names_now(session: Session, ids: Collection[str]) -> dict[str, str]:
    """What these devices are called now: a merged one like the one it went into; a forgotten one has no name."""
    found = devices.many(session, ids)
    names = {device.id: device.name for device in found if device.merged_into is None}
    heirs = {device.id: device.merged_into for device in found if device.merged_into is not None}
    later = _names_now(session, {*heirs.values()}) if heirs else {}
    return names | {key: later.get(heir, "") for key, heir in heirs.items()}


def _bucket(status: ExecutionStatus, outcome: str | None) -> str:
    if not status.is_terminal:
        return "open"
    if outcome is not None and status is not ExecutionStatus.CANCELED:
        return outcome
    return "canceled" if status is ExecutionStatus.CANCELED else "failed"


def _told(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    """The projection has read these jobs already and holds them, so that nothing is read again here and below."""
    return {row["id"]: row for row in job_rows(session, _of(session, ids))}


def _told_in_detail(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {job.id: job_detail(session, job) for job in _of(session, ids)}


def _of(session: Session, ids: Collection[str]) -> list[Job]:
    return [job for key in ids if (job := jobs.get(session, key)) is not None]


def _told_of_batches(session: Session, ids: Collection[str], seq: int) -> dict[str, Row]:
    """A batch counts its jobs, which change without it: it is as new as they are."""
    found = [batch for key in ids if (batch := jobs.batch(session, key)) is not None]
    return {batch.id: {**batch_view(session, batch), "seq": seq} for batch in found}


JOBS = Noun("job", _told, details=_told_in_detail)
BATCHES = Noun("batch", _told_of_batches)
