"""Erases what people typed and photographed. Journal and records never held it, so both stay whole."""

from medialab_hub.domain.events import Happened
from medialab_hub.services import photos
from medialab_hub.services.access import drop_about
from medialab_hub.services.nouns import NOUNS
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import damages, texts
from medialab_hub.storage.unit_of_work import UnitOfWork


def erase_texts(uow: UnitOfWork, subject: str, actor: str) -> int:
    """Blank reasons and notes of a device, a job or an allocation, or those an account wrote, and erase the photos;
    forget what was entered so that the device lets us in. Returns how many of all.

    What they were about is told anew, so that who comes back to the stream is not told an erased text.
    The account may be deleted already. Raises `NotFound` when there is no text to erase, and `Conflict`
    while a job needs what was entered."""
    blanked = blank_texts(uow, subject)
    erased, forgotten = photos.erase_about(uow, subject, actor), drop_about(uow, subject, actor)
    if not blanked and not erased and not forgotten:
        raise no_such("text", subject)
    uow.record(Happened.TEXTS_ERASED, subject, actor, texts=blanked, photos=erased)
    return blanked + erased + forgotten


def blank_texts(uow: UnitOfWork, subject: str) -> int:
    """Blank only what was typed, and erase photos of damages; tell anew what it was about. Returns how many."""
    blanked = texts.blank(uow.session, subject)
    uow.leave_no_trace(subject)
    photos_of_cases = damages.photos_about(uow.session, subject)
    damages.drop_photos(uow.session, photos_of_cases)
    nouns = {noun.name: noun for noun in NOUNS}
    for name, key in sorted(set(blanked)):
        if name == "device":
            uow.touch_device(key)
        else:
            uow.touch(nouns[name], key)
    return len(blanked) + len(photos_of_cases)
