"""Finds, counts and empties photos. Deleted bytes are overwritten (`secure_delete`)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, or_, select, update

from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.tables import Job, Photo, PhotoBytes
from medialab_hub.storage.texts import with_shells

_OF_JOBS = select(Photo).where(col(Photo.job_id).in_(IDS)).order_by(col(Photo.kept_at), Photo.id)
_IS_THERE = col(Photo.erased_at).is_(None)


def get(session: Session, photo: str) -> Photo | None:
    """The photo of that id, erased or not."""
    return session.get(Photo, photo)


def of_jobs(session: Session, jobs: Iterable[str]) -> list[Photo]:
    """Photos of these jobs, oldest first within each part."""
    return fetch(session, _OF_JOBS, jobs)


def add(session: Session, photo: Photo, data: bytes) -> None:
    """Store both parts; they are committed together or not at all."""
    session.add(photo)
    session.flush()
    session.add(PhotoBytes(photo_id=photo.id, data=data))
    session.flush()


def data_of(session: Session, photo: str) -> bytes | None:
    """What it shows, or None once it was erased."""
    return session.exec(select(PhotoBytes.data).where(PhotoBytes.photo_id == photo)).first()


def kept_bytes(session: Session) -> int:
    """Bytes of all photos there are."""
    return session.exec(select(func.coalesce(func.sum(Photo.size), 0)).where(_IS_THERE)).one()


def sent_since(session: Session, actor: str, moment: datetime) -> int:
    """How many one account sent since then, those thrown away again included."""
    query = select(func.count()).select_from(Photo).where(Photo.actor == actor, col(Photo.kept_at) > moment)
    return session.exec(query).one()


def older_than(session: Session, moment: datetime, limit: int) -> Sequence[Photo]:
    """Photos that were kept before that moment and are still there, oldest first."""
    query = select(Photo).where(_IS_THERE, col(Photo.kept_at) < moment)
    return session.exec(query.order_by(col(Photo.kept_at)).limit(limit)).all()


def about(session: Session, subject: str) -> Sequence[Photo]:
    """Photos of a device (with what was merged into it) or a job, or those an account took, that are still there."""
    of_device = select(Job.id).where(col(Job.device_id).in_(with_shells(session, subject)))
    is_meant = or_(Photo.job_id == subject, Photo.actor == subject, col(Photo.job_id).in_(of_device))
    return session.exec(select(Photo).where(_IS_THERE, is_meant)).all()


def empty(session: Session, photos: Collection[Photo], now: datetime) -> None:
    """Their bytes go; that they were there stays."""
    ids = [photo.id for photo in photos]
    session.exec(delete(PhotoBytes).where(col(PhotoBytes.photo_id).in_(ids)))
    session.exec(update(Photo).where(col(Photo.id).in_(ids)).values(erased_at=now))


def drop_drafts(session: Session, before: datetime) -> int:
    """Drafts no answer ever named, first sent before that moment, go with everything; how many."""
    old = select(Photo.id).where(col(Photo.answer_id).is_(None), col(Photo.kept_at) < before)
    session.exec(delete(PhotoBytes).where(col(PhotoBytes.photo_id).in_(old)))
    gone = session.exec(delete(Photo).where(col(Photo.answer_id).is_(None), col(Photo.kept_at) < before))
    return gone.rowcount
