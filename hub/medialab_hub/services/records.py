"""Finds records that were changed after they were sealed."""

from medialab_hub.domain.records import record_hash
from medialab_hub.services.endings import record_of
from medialab_hub.storage import jobs, journal
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job


def forged(session: Session) -> list[str]:
    """Jobs whose record does not fit its checksum, or whose checksum the journal does not know."""
    return [job.id for job in jobs.sealed(session) if not _is_whole(session, job)]


def _is_whole(session: Session, job: Job) -> bool:
    before = journal.hash_before(session, job.id, job.record_hash)
    return before is not None and job.record_hash == record_hash(before, record_of(job))
