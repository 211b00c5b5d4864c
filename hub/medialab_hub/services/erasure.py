"""Erases what people typed. Journal and records never held it, so both stay whole."""

from medialab_hub.domain.events import Happened
from medialab_hub.services.access import drop_about
from medialab_hub.services.nouns import NOUNS
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import texts
from medialab_hub.storage.unit_of_work import UnitOfWork


def erase_texts(uow: UnitOfWork, subject: str, actor: str) -> int:
    """Blank reasons and notes of a device, a job or an allocation, or those an account wrote, and forget what was
    entered so that the device lets us in; returns how many of both.

    What they were about is told anew, so that who comes back to the stream is not told an erased text.
    The account may be deleted already. Raises `NotFound` when there is no text to erase."""
    blanked, forgotten = texts.blank(uow.session, subject), drop_about(uow, subject, actor)
    if not blanked and not forgotten:
        raise no_such("text", subject)
    uow.record(Happened.TEXTS_ERASED, subject, actor, texts=len(blanked))
    nouns = {noun.name: noun for noun in NOUNS}
    for name, key in sorted(set(blanked)):
        if name == "device":
            uow.touch_device(key)
        else:
            uow.touch(nouns[name], key)
    return len(blanked) + forgotten
