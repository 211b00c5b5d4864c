"""That somebody carried everything away is worth a line in the journal."""

from medialab_hub.domain.events import Happened
from medialab_hub.storage.unit_of_work import UnitOfWork


def note_export(uow: UnitOfWork, actor: str, *, people: bool) -> None:
    """Somebody is given all data, with or without people."""
    uow.record(Happened.EXPORTED, "", actor, people=people)
