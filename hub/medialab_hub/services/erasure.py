"""Erases what people typed. Journal and records never held it, so both stay whole."""

from medialab_hub.domain.events import Happened
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import texts
from medialab_hub.storage.unit_of_work import UnitOfWork


def erase_texts(uow: UnitOfWork, subject: str, actor: str) -> int:
    """Blank reasons and notes of a device, a job or an allocation, or those an account wrote; returns how many.

    The account may be deleted already. Raises `NotFound` when there is no text to erase."""
    erased = texts.blank(uow.session, subject)
    if erased == 0:
        raise no_such("text", subject)
    uow.record(Happened.TEXTS_ERASED, subject, actor, texts=erased)
    return erased
