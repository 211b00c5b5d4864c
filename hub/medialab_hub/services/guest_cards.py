"""What stands behind a label for somebody without an account: what it is, and until when it is out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.domain.support_cases import SupportTopic
from medialab_hub.services import codes, support_cases
from medialab_hub.services.device_rows import Row
from medialab_hub.services.refusals import no_such
from medialab_hub.storage import allocations, kits
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, Kit
from medialab_hub.storage.unit_of_work import UnitOfWork

_MOMENT = timedelta(microseconds=1)
"""What ends at midnight is due on the day before."""


def card(session: Session, raw: str, zone: ZoneInfo, now: datetime) -> Row:
    """The card of a device or a case; no person, no school, no booking. Raises `NotFound` for any other label."""
    label = codes.label(session, raw)
    devices = _things(session, label)
    kit = session.get(Kit, label.subject) if label.noun == CodeNoun.KIT else None
    due = [unit.ends_at for one in devices if (unit := allocations.out(session, one.id)) is not None and unit.ends_at]
    soonest = min(due, default=None)
    return {
        "code": label.code,
        "name": devices[0].name if kit is None else kit.name,
        "things": [{"device": one.id, "name": one.name} for one in devices],
        "is_out": bool(due),
        "due": None if soonest is None else (soonest - _MOMENT).astimezone(zone).date().isoformat(),
        "is_overdue": soonest is not None and soonest < now,
    }


def tell(uow: UnitOfWork, raw: str, device_id: str, topic: SupportTopic, words: str) -> str:
    """A guest tells of a device that belongs to this label; returns the case. Raises `NotFound`, `Conflict`."""
    if device_id not in [one.id for one in _things(uow.session, codes.label(uow.session, raw))]:
        raise no_such("device", device_id)
    return support_cases.begin(uow, device_id, topic, words, "")


def _things(session: Session, label: codes.Label) -> list[Device]:
    if label.noun == CodeNoun.KIT and label.subject is not None:
        found = list(kits.devices_in(session, label.subject))
    else:
        device = session.get(Device, label.subject) if label.noun == CodeNoun.DEVICE else None
        found = [] if device is None else [device]
    found = [one for one in found if one.adopted_at is not None and one.retired_at is None]
    if not found:
        raise no_such("code", label.code)
    return sorted(found, key=lambda one: (one.name, one.id))
