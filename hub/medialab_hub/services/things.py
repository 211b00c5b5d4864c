"""Devices that somebody enters and no agent has found: in the inventory from the beginning, looked after by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from medialab_hub.domain.events import Happened
from medialab_hub.domain.identity import claims_of
from medialab_hub.services import agents
from medialab_hub.services.subjects import changed
from medialab_hub.storage.tables import Device, DeviceIdentity
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.reports import Identity, IdentityKind

ANYTHING = "thing"
"""Stands in the address of a device whose class nobody named; the general checklist is asked for it."""
LISTED = "list"
"""Scope of a serial number that stands in a list and was not read from the device."""


@dataclass(frozen=True)
class NewThing:
    """A device as it stands in a list."""

    name: str
    tag: str
    device_class: str | None = None
    serial: str = ""


def enter(uow: UnitOfWork, things: Sequence[NewThing], actor: str) -> list[str]:
    """Adopted devices, in the order given. The agent that looks after them by hand finds them under the same address.

    Raises `Conflict` while no agent has a driver for such."""
    addresses: dict[str, list[str]] = {}
    for kind in dict.fromkeys(thing.device_class or ANYTHING for thing in things):
        count = sum((thing.device_class or ANYTHING) == kind for thing in things)
        addresses[kind] = agents.add_things(uow, kind, count, actor)[::-1]
    return [_enter(uow, thing, addresses[thing.device_class or ANYTHING].pop(), actor) for thing in things]


def _enter(uow: UnitOfWork, thing: NewThing, address: str, actor: str) -> str:
    device = Device(
        id=uow.new_id("dev"),
        name=thing.name,
        asset_tag=thing.tag,
        chosen_class=thing.device_class,
        found_at=uow.now,
        adopted_at=uow.now,
        kept_traces={},
    )
    uow.session.add(device)
    uow.session.flush()
    scheme, _, rest = address.partition("://")
    _note(uow, device.id, Identity(kind=IdentityKind.UUID, value=rest, scope=scheme))
    if thing.serial:
        note_serial(uow, device.id, thing.serial)
    changed(uow, device, Happened.DEVICE_ADOPTED, actor)
    return device.id


def note_serial(uow: UnitOfWork, device_id: str, serial: str) -> None:
    """A list says that the device has this serial number; whose it is by a maker's own scope is not known from it."""
    _note(uow, device_id, Identity(kind=IdentityKind.SERIAL, value=serial, scope=LISTED))


def _note(uow: UnitOfWork, device_id: str, identity: Identity) -> None:
    uow.session.add_all(
        DeviceIdentity(
            id=uow.new_id("idn"),
            device_id=device_id,
            kind=claim.kind.value,
            scope=claim.scope,
            value=claim.value,
            shown=identity.value,
        )
        for claim in claims_of([identity])
    )
    uow.session.flush()
