"""Erases what people typed. Journal and records never held it, so both stay whole."""

from medialab_hub.domain.events import Happened
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import texts
from medialab_hub.storage.unit_of_work import UnitOfWork


def erase_texts(uow: UnitOfWork, subject: str, actor: str) -> int:
    """Blank reasons and notes of a device, a job or an allocation, or those an account wrote; returns how many.

    What they were about is told anew, so that who comes back to the stream is not told an erased text.
    The account may be deleted already. Raises `NotFound` when there is no text to erase."""
    blanked = texts.blank(uow.session, subject)
    if blanked.texts == 0:
        raise no_such("text", subject)
    uow.record(Happened.TEXTS_ERASED, subject, actor, texts=blanked.texts)
    for job in sorted(blanked.jobs):
        uow.touch(JOBS, job)
    for device in sorted(blanked.devices):
        uow.touch_device(device)
    return blanked.texts
