"""Builds the lines and pages of jobs and batches: dicts with exactly the fields of the API's bodies."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION
from medialab_hub.domain.photos import wanting
from medialab_hub.domain.progress import Situation, current_step, fraction, why_waiting
from medialab_hub.domain.readiness import chosen_level
from medialab_hub.services.names import name_of
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import agents, devices, jobs, photos
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Agent, Baseline, Batch, Connection, Job, JobAnswer, Photo
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


@dataclass(frozen=True)
class _Around:
    """What the rows of some jobs speak of besides, loaded together."""

    names: Mapping[str, str]
    connections: Mapping[str, Connection]
    agents: Mapping[str, Agent]


def job_rows(session: Session, found: Sequence[Job]) -> list[Row]:
    """The rows of these jobs, in the same order."""
    around = _around(session, found)
    return [_row(job, around) for job in found]


def _around(session: Session, found: Sequence[Job]) -> _Around:
    going_on = [job for job in found if not ExecutionStatus(job.status).is_terminal]
    connections = devices.connections_named(session, {job.connection_id for job in going_on if job.connection_id})
    asked = {job.agent_id for job in going_on if job.agent_id}
    return _Around(
        {device.id: device.name for device in devices.many(session, {job.device_id for job in found})},
        {connection.id: connection for connection in connections},
        {key: agent for key in asked if (agent := agents.get(session, key)) is not None},
    )


def _row(job: Job, around: _Around) -> Row:
    steps = [StepView.model_validate(step) for step in job.steps]
    running = current_step(steps)
    is_open = not ExecutionStatus(job.status).is_terminal
    why = _why(job, around) if is_open else None
    return {
        "id": job.id,
        "seq": job.seq,
        "batch": job.batch_id,
        "device": job.device_id,
        "device_name": around.names.get(job.device_id, ""),
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


def _why(job: Job, around: _Around) -> Text | None:
    agent = None if job.agent_id is None else around.agents.get(job.agent_id)
    connection = None if job.connection_id is None else around.connections.get(job.connection_id)
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


@dataclass(frozen=True)
class _Depth:
    """What the details of some jobs speak of besides, loaded together."""

    manifests: Mapping[str, DriverManifest | None]
    """By job."""
    photos: Sequence[Photo]
    baselines: Mapping[str, Baseline]
    answers: Sequence[JobAnswer]
    people: Mapping[str, Text | None]


def job_details(session: Session, found: Sequence[Job], rows: Mapping[str, Row]) -> list[Row]:
    """Jobs with their steps, evidence and end; the fields of `JobDetail`. `rows`: their rows, by id."""
    depth = _depth(session, found)
    return [_detail(job, rows[job.id], depth) for job in found]


def _depth(session: Session, found: Sequence[Job]) -> _Depth:
    answers = jobs.answers_to(session, [job.id for job in found])
    baselines = devices.baselines(session, {job.baseline_id for job in found if job.baseline_id})
    taken = photos.of_jobs(session, [job.id for job in found if any(step.get("ask") for step in job.steps)])
    people = (
        {answer.actor for answer in answers}
        | {photo.actor for photo in taken}
        | {name for job in found for name in _named(job)}
    )
    return _Depth(
        _manifests(session, found),
        [photo for photo in taken if photo.answer_id is not None or photo.erased_at is None],
        {baseline.id: baseline for baseline in baselines},
        answers,
        {principal: name_of(session, principal) for principal in people},
    )


def _named(job: Job) -> Iterator[str]:
    yield job.requested_by
    yield job.accepted_by
    yield from (check.get("by", "") for check in job.checks)


def _manifests(session: Session, found: Sequence[Job]) -> dict[str, DriverManifest | None]:
    drivers = {device.id: device.driver for device in devices.many(session, {job.device_id for job in found})}
    manifests = {driver: agents.manifest(session, driver) for driver in set(drivers.values())}
    return {job.id: manifests.get(drivers.get(job.device_id)) for job in found}


def _detail(job: Job, row: Row, depth: _Depth) -> Row:
    baseline = None if job.baseline_id is None else depth.baselines.get(job.baseline_id)
    return {
        **row,
        "title": title_of(job, depth.manifests[job.id]).model_dump(),
        "steps": _steps(job, depth.manifests[job.id]),
        "photos": [_photo(photo, depth) for photo in depth.photos if photo.job_id == job.id],
        "checks": [{**check, "by_name": _name(depth, check.get("by", ""))} for check in job.checks],
        "trouble": job.trouble,
        "agent": job.agent_id,
        "requested_by": job.requested_by,
        "requested_by_name": _name(depth, job.requested_by),
        "older_because": job.older_because,
        "accepted_by": job.accepted_by,
        "accepted_by_name": _name(depth, job.accepted_by),
        "accepted_reason": job.accepted_reason,
        "notes": _notes(job, depth),
        "started": stamp(job.started_at),
        "record_hash": job.record_hash,
        "baseline_at": stamp(None if baseline is None else baseline.recorded_at),
        "baseline_traces": {} if baseline is None else {k: n for k, n in baseline.traces.items() if n},
    }


def _steps(job: Job, manifest: DriverManifest | None) -> list[Row]:
    level = None if manifest is None or job.level is None else chosen_level(manifest, job.level)
    wanted = wanting(level, job.steps)
    return [{**step, "wants_photo": step["id"] in wanted} for step in job.steps]


def _photo(photo: Photo, depth: _Depth) -> Row:
    return {
        "id": photo.id,
        "step": photo.step,
        "answered": photo.answer_id is not None,
        "sha256": photo.sha256,
        "size": photo.size,
        "width": photo.width,
        "height": photo.height,
        "by_name": _name(depth, photo.actor),
        "kept": stamp(photo.kept_at),
        "erased": stamp(photo.erased_at),
    }


def _notes(job: Job, depth: _Depth) -> list[Row]:
    titles = {step["id"]: step["title"] for step in job.steps}
    return [
        {
            "step": titles.get(answer.step) or Text.same(answer.step).model_dump(),
            "text": answer.note,
            "by_name": _name(depth, answer.actor),
        }
        for answer in depth.answers
        if answer.note and answer.job_id == job.id
    ]


def _name(depth: _Depth, principal: str) -> Row | None:
    name = depth.people.get(principal)
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


def _told_in_detail(session: Session, rows: Mapping[str, Row]) -> dict[str, Row]:
    return {detail["id"]: detail for detail in job_details(session, _of(session, rows), rows)}


def _of(session: Session, ids: Iterable[str]) -> list[Job]:
    return [job for key in ids if (job := jobs.get(session, key)) is not None]


def _told_of_batches(session: Session, ids: Collection[str], seq: int) -> dict[str, Row]:
    """A batch counts its jobs, which change without it: it is as new as they are."""
    found = [batch for key in ids if (batch := jobs.batch(session, key)) is not None]
    return {batch.id: {**batch_view(session, batch), "seq": seq} for batch in found}


JOBS = Noun("job", _told, details=_told_in_detail)
BATCHES = Noun("batch", _told_of_batches)
