"""How long what is on a returned device stays there: somebody may still want it, or have scanned by mistake."""

from datetime import datetime, timedelta

from medialab_hub.domain.events import Happened
from medialab_hub.domain.opening import next_opening_day
from medialab_hub.services.device_classes import holds_recordings
from medialab_hub.services.inspection_rows import LAB
from medialab_hub.services.opening import calendar_of
from medialab_hub.services.refusals import not_possible
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations
from medialab_hub.storage.tables import Device, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

UNDO_WINDOW = timedelta(seconds=60)
"""A scan alone erases nothing: so long it can be undone before the reset begins."""
A_DAY = timedelta(days=1)
"""Instead of the next opening day, while nobody has entered the opening hours."""


def erase_from(uow: UnitOfWork, device: Device, undo: timedelta) -> datetime:
    """Not before, what is on a device that came back now may be erased."""
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    earliest = uow.now + undo + timedelta(minutes=0 if model is None else model.grace_min)
    if not holds_recordings(uow.session, device):
        return earliest
    opens = next_opening_day(calendar_of(uow.session, LAB), uow.now)
    return max(earliest, uow.now + A_DAY if opens is None else opens)


def erase_now(uow: UnitOfWork, device_id: str, actor: str) -> None:
    """Nobody wants what is on it any more. Raises `NotFound`, and `Conflict` when it does not wait for a reset."""
    device = require_device(uow, device_id)
    waiting = allocations.awaiting_proof(uow.session, device.id)
    if waiting is None:
        text = Text(
            de="Dieses Gerät wartet nicht auf das Zurücksetzen.", en="This device does not wait for being reset."
        )
        raise not_possible("not-waiting", text, device.id)
    if waiting.erase_from is not None and waiting.erase_from > uow.now:
        waiting.erase_from = uow.now
        waiting.version += 1
        uow.record(Happened.ERASING_ALLOWED, waiting.id, actor, device=device.id)
        uow.touch_device(device.id)
