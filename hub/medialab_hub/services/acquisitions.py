"""How devices were bought: entered by staff, asked before one is retired, and told by programme."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.domain.acquisitions import Acquired, Used, by_programme
from medialab_hub.domain.events import Happened
from medialab_hub.domain.typed_words import has_hidden, tidy
from medialab_hub.errors import Conflict
from medialab_hub.services.refusals import not_understood, version_conflict
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import acquisitions
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Acquisition
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

Row = dict[str, Any]
LONGEST = 120
"""Characters of a supplier, a cost centre, a programme."""
DEAREST_CENTS = 100_000_000
_WORDS = ("supplier", "cost_center", "programme")


def note(uow: UnitOfWork, device_id: str, acquired: Acquired, actor: str, version: int | None = None) -> None:
    """How a device was bought, in place of what was known. `version` None: whatever is there.

    Raises `NotFound`, `Conflict` when somebody else changed it first, `HubError` for what cannot be right."""
    require_device(uow, device_id)
    values = _checked(acquired)
    row = acquisitions.get(uow.session, device_id)
    if version is not None and version != (0 if row is None else row.version):
        raise version_conflict()
    if row is None:
        row = Acquisition(device_id=device_id)
        uow.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    uow.session.flush()
    uow.record(Happened.DEVICE_BOUGHT, device_id, actor)
    uow.touch_device(device_id)


def of_device(session: Session, device_id: str) -> Row:
    """What is known, with the version to change it by."""
    row = acquisitions.get(session, device_id)
    return {**asdict(_acquired(row)), "version": 0 if row is None else row.version}


def require_unbound(uow: UnitOfWork, device_id: str, zone: ZoneInfo) -> None:
    """Raises `Conflict` while the device is bound to what it was paid for."""
    acquired = _acquired(acquisitions.get(uow.session, device_id))
    if not acquired.is_bound(uow.now.astimezone(zone).date()):
        return
    assert acquired.bound_until is not None
    day = acquired.bound_until
    raise Conflict(
        "still-bound",
        Text(
            de=f"Das Gerät wurde gefördert und muss bis {day:%d.%m.%Y} für den Förderzweck genutzt werden.",
            en=f"The device was paid for by a programme and is bound to its purpose until {day:%Y-%m-%d}.",
        ),
        Text(
            de="Mit dem Fördergeber klären, dann trotzdem ausmustern.",
            en="Settle it with who paid, then retire it anyway.",
        ),
        device_id,
    )


def use(session: Session, since: datetime, until: datetime, zone: ZoneInfo) -> list[Row]:
    """By programme: devices, money, loans and hours between the two moments."""
    rows = acquisitions.lent(session, since, until)
    devices = [Used(_acquired(one.purchase), one.loans, one.hours, one.is_retired) for one in rows]
    return [asdict(one) for one in by_programme(devices, until.astimezone(zone).date())]


def _acquired(row: Acquisition | None) -> Acquired:
    if row is None:
        return Acquired()
    return Acquired(**{name: getattr(row, name) for name in Acquired.__dataclass_fields__})


def _checked(acquired: Acquired) -> dict[str, Any]:
    values = asdict(acquired)
    for name in _WORDS:
        values[name] = tidy(values[name])
        if len(values[name]) > LONGEST or has_hidden(values[name]):
            text = Text(
                de=f"Höchstens {LONGEST} sichtbare Zeichen.", en=f"At most {LONGEST} characters that can be seen."
            )
            raise not_understood(f"wrong-{name.replace('_', '-')}", text)
    price = acquired.price_cents
    if price is not None and not 0 <= price <= DEAREST_CENTS:
        raise not_understood(
            "wrong-price", Text(de="Dieser Preis kann nicht stimmen.", en="That price cannot be right.")
        )
    bought = acquired.bought_on
    for name in ("warranty_until", "bound_until"):
        if bought is not None and values[name] is not None and values[name] < bought:
            text = Text(de="Das liegt vor dem Kauf.", en="That lies before the purchase.")
            raise not_understood(f"wrong-{name.replace('_', '-')}", text)
    return values
