"""Reads what a table of devices is compared with: everything that has a label, in one go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from medialab_hub.storage.tables import Acquisition, Device, DeviceIdentity, Kit, Location, Model, Person
from medialab_wire.reports import IdentityKind

_COLUMNS: tuple[Any, ...] = (
    Device.id, Device.version, Device.name, Device.asset_tag, Device.chosen_class, Device.retired_at, Model.name,
    Location.name, Kit.name, Acquisition.price_cents, Acquisition.bought_on, Acquisition.warranty_until,
    Acquisition.supplier, Acquisition.cost_center, Acquisition.programme, Acquisition.bound_until,
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A device of the inventory, and what is known of how it was bought."""

    id: str
    version: int
    name: str
    tag: str | None
    device_class: str | None
    retired_at: datetime | None
    model: str | None
    location: str | None
    kit: str | None
    price_cents: int | None
    bought_on: date | None
    warranty_until: date | None
    supplier: str | None
    cost_center: str | None
    programme: str | None
    bound_until: date | None


def listed(session: Session) -> list[Listed]:
    """All devices that were taken into the inventory, retired ones too, by label."""
    query = (
        columns(*_COLUMNS)
        .select_from(Device)
        .outerjoin(Model, col(Model.id) == col(Device.model_id))
        .outerjoin(Location, col(Location.id) == col(Device.location_id))
        .outerjoin(Kit, col(Kit.id) == col(Device.kit_id))
        .outerjoin(Acquisition, col(Acquisition.device_id) == col(Device.id))
        .where(col(Device.adopted_at).is_not(None), col(Device.merged_into).is_(None))
        .order_by(col(Device.asset_tag), col(Device.id))
    )
    return [Listed(*row) for row in session.execute(query)]


def serials(session: Session) -> list[tuple[str, str, str]]:
    """Folded and as it is shown, every serial number, and whose it is."""
    query = columns(col(DeviceIdentity.value), col(DeviceIdentity.shown), col(DeviceIdentity.device_id))
    found = session.execute(
        query.where(col(DeviceIdentity.kind) == IdentityKind.SERIAL.value).order_by(DeviceIdentity.id)
    )
    return [(value, shown, device) for value, shown, device in found]


def known_addresses(session: Session, emails: Iterable[str]) -> set[str]:
    """Which of these e-mail addresses, in small letters, some person has."""
    email = func.lower(col(Person.email))
    return set(session.execute(columns(email).where(email.in_(list(emails)))).scalars())


def named(session: Session) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Ids of models, locations and kits by name."""
    tables: tuple[Any, ...] = (Model, Location, Kit)
    models, locations, kits = (_ids(session, columns(one.name, one.id)) for one in tables)
    return models, locations, kits


def _ids(session: Session, query: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(query)}
