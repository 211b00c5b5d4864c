"""Keeps the photos of answers to waiting steps, names them in the record, and erases them again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from medialab_hub.domain import photos as rules
from medialab_hub.domain.events import Happened
from medialab_hub.domain.jpeg import Refused
from medialab_hub.domain.photos import Shot
from medialab_hub.domain.readiness import chosen_level
from medialab_hub.services import photo_refusals as refusals
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.refusals import job_is_over, no_such
from medialab_hub.services.subjects import require_job
from medialab_hub.storage import jobs as job_rows
from medialab_hub.storage import photos as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job, JobAnswer, Photo
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import ExecutionStatus, StepState

MOST_AT_ONCE = 50
"""Photos erased in one transaction: the writer is needed by others, too."""


@dataclass(frozen=True)
class Sent:
    """A photo on its way in. `id` was made by the sender; sent again, it is the same photo."""

    id: str
    job: str
    step: str
    shot: Shot


def developed(data: bytes) -> Shot:
    """What would be kept of a file. Slow for the event loop; needs no database. Raises `HubError`."""
    if len(data) > rules.LARGEST:
        raise refusals.TOO_LARGE
    try:
        return rules.developed(data)
    except Refused as error:
        raise refusals.FLAWS[error.flaw] from error


def keep(uow: UnitOfWork, sent: Sent, quota: int, actor: str) -> Photo:
    """Store a photo for a step that waits for a person; it takes the place of an earlier one nobody confirmed yet.

    `quota`: bytes of all photos. Raises `Conflict`, `TooMany`, `HubError`."""
    job = require_job(uow, sent.job)
    known = rows.get(uow.session, sent.id)
    if known is not None:
        return _same(known, sent)
    _require_waiting(uow, job, sent.step)
    _require_room(uow, job, len(sent.shot.picture.data), quota, actor)
    _erase(uow, [photo for photo in _drafts(uow.session, job.id) if photo.step == sent.step], actor)
    picture = sent.shot.picture
    photo = Photo(
        id=sent.id,
        job_id=job.id,
        step=sent.step,
        sha256=sent.shot.sha256,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        actor=actor,
        kept_at=uow.now,
    )
    rows.add(uow.session, photo, picture.data)
    _changed(uow, job, Happened.PHOTO_KEPT, actor, [photo])
    return photo


def _same(known: Photo, sent: Sent) -> Photo:
    if (known.job_id, known.step, known.sha256) != (sent.job, sent.step, sent.shot.sha256):
        raise refusals.OTHER_PHOTO
    if known.erased_at is not None:
        raise refusals.ERASED
    return known


def _require_waiting(uow: UnitOfWork, job: Job, step: str) -> None:
    if ExecutionStatus(job.status).is_terminal:
        raise job_is_over(job.id)
    waiting = {one["id"] for one in job.steps if one["state"] == StepState.WAITING_PERSON}
    answered = {answer.step for answer in job_rows.answers_to(uow.session, [job.id])}
    if step not in waiting - answered:
        raise refusals.NOT_WAITING


def _require_room(uow: UnitOfWork, job: Job, size: int, quota: int, actor: str) -> None:
    if rows.sent_since(uow.session, actor, uow.now - timedelta(minutes=1)) >= rules.MOST_A_MINUTE:
        raise refusals.TOO_OFTEN
    there = [photo for photo in rows.of_jobs(uow.session, [job.id]) if photo.erased_at is None]
    if len(there) >= rules.MOST_OF_JOB or rows.kept_bytes(uow.session) + size > quota:
        raise refusals.FULL


def attach(uow: UnitOfWork, answer: JobAnswer, photo_id: str | None) -> None:
    """The answer names this photo; drafts of the step it does not name are thrown away. Raises `Conflict`."""
    named = None if photo_id is None else rows.get(uow.session, photo_id)
    if photo_id is not None and (named is None or not _fits(named, answer)):
        raise refusals.ERASED
    others = [one for one in _drafts(uow.session, answer.job_id) if one.step == answer.step and one is not named]
    _erase(uow, others, answer.actor)
    if named is not None:
        named.answer_id = answer.id


def _fits(photo: Photo, answer: JobAnswer) -> bool:
    return (photo.job_id, photo.step, photo.erased_at) == (answer.job_id, answer.step, None)


def settle(uow: UnitOfWork, job: Job, manifest: DriverManifest | None) -> None:
    """The job has ended: its steps say who answered and with which photo; what nobody confirmed is thrown away."""
    taken = rows.of_jobs(uow.session, [job.id])
    _erase(uow, [photo for photo in taken if photo.answer_id is None], "")
    answered = {answer.step: answer.done for answer in job_rows.answers_to(uow.session, [job.id])}
    if answered:
        named = {photo.step: photo.sha256 for photo in taken if photo.answer_id is not None}
        job.steps = rules.with_evidence(job.steps, answered, wanted_by(job, manifest), named)


def wanted_by(job: Job, manifest: DriverManifest | None) -> frozenset[str]:
    """Ids of the job's steps whose answer is better with a photo."""
    level = None if manifest is None or job.level is None else chosen_level(manifest, job.level)
    return rules.wanting(level, job.steps)


def content(session: Session, job_id: str, photo_id: str) -> bytes:
    """The picture as it is stored. Raises `NotFound`, also once it was erased."""
    photo = rows.get(session, photo_id)
    if photo is None or photo.job_id != job_id:
        raise no_such("photo", photo_id)
    data = rows.data_of(session, photo_id)
    if data is None:
        raise refusals.GONE
    return data


def remove(uow: UnitOfWork, job_id: str, photo_id: str, actor: str, *, is_staff: bool) -> None:
    """Erase one now. Who took it may until the step is answered; staff always. Raises `NotFound`, `Forbidden`."""
    photo = rows.get(uow.session, photo_id)
    if photo is None or photo.job_id != job_id:
        raise no_such("photo", photo_id)
    if not is_staff and (photo.answer_id is not None or photo.actor != actor):
        raise refusals.NOT_YOURS
    _erase(uow, [photo], actor)


def erase_about(uow: UnitOfWork, subject: str, actor: str) -> int:
    """Erase the photos of a device or job, or those an account took; how many."""
    return _erase(uow, rows.about(uow.session, subject), actor)


def expire(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Erase what is older than that, and forget old drafts; how many were erased at once."""
    rows.drop_drafts(uow.session, uow.now - rules.DRAFTS_KEPT_FOR)
    return _erase(uow, rows.older_than(uow.session, uow.now - kept_for, MOST_AT_ONCE), "")


def _drafts(session: Session, job: str) -> list[Photo]:
    return [photo for photo in rows.of_jobs(session, [job]) if photo.answer_id is None]


def _erase(uow: UnitOfWork, photos: Iterable[Photo], actor: str) -> int:
    there = [photo for photo in photos if photo.erased_at is None]
    if there:
        rows.empty(uow.session, there, uow.now)
        for job in job_rows.many(uow.session, {photo.job_id for photo in there}):
            _changed(uow, job, Happened.PHOTO_ERASED, actor, [photo for photo in there if photo.job_id == job.id])
    return len(there)


def _changed(uow: UnitOfWork, job: Job, kind: Happened, actor: str, photos: Collection[Photo]) -> None:
    job.seq = uow.record(kind, job.id, actor, photos=[photo.id for photo in photos])
    uow.touch(JOBS, job.id)
