"""Kits: class sets and cases that are handed out as one."""

from collections.abc import Iterable

from medialab_hub.domain.events import Happened
from medialab_hub.errors import Conflict
from medialab_hub.services.kit_rows import KITS
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.subjects import changed, require_device
from medialab_hub.storage import accessories, kits
from medialab_hub.storage.tables import Device, Kit
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


def add(uow: UnitOfWork, name: str, devices: Iterable[str], actor: str) -> str:
    """A new kit with these devices; returns its id. Raises `Conflict` when the name is taken, `NotFound`."""
    name = name.strip()
    _require_free(uow, name)
    kit = Kit(id=uow.new_id("kit"), name=name)
    uow.session.add(kit)
    uow.session.flush()
    _announce(uow, Happened.KIT_ADDED, kit.id, actor)
    put_in(uow, kit.id, devices, actor)
    return kit.id


def rename(uow: UnitOfWork, kit_id: str, name: str, actor: str) -> None:
    """Raises `NotFound`, and `Conflict` when the name is taken."""
    kit, name = _require(uow, kit_id), name.strip()
    if name == kit.name:
        return
    _require_free(uow, name)
    kit.name = name
    uow.session.flush()
    _announce(uow, Happened.KIT_CHANGED, kit.id, actor)


def put_in(uow: UnitOfWork, kit_id: str, devices: Iterable[str], actor: str) -> None:
    """These devices are in it from now on, and in no other. Raises `NotFound`, `Conflict` for one not adopted."""
    _require(uow, kit_id)
    for key in dict.fromkeys(devices):
        device = require_device(uow, key)
        if device.adopted_at is None or device.retired_at is not None:
            raise not_possible(
                "not-adopted",
                Text(
                    de="Das Gerät gehört nicht zum Bestand: zuerst aufnehmen.",
                    en="The device is not part of the inventory: adopt it first.",
                ),
                device.name,
            )
        _move(uow, device, kit_id, actor)


def take_out(uow: UnitOfWork, kit_id: str, devices: Iterable[str], actor: str) -> None:
    """These devices are in it no more; those of other kits stay where they are. Raises `NotFound`."""
    _require(uow, kit_id)
    for key in dict.fromkeys(devices):
        device = require_device(uow, key)
        if device.kit_id == kit_id:
            _move(uow, device, None, actor)


def remove(uow: UnitOfWork, kit_id: str, actor: str) -> None:
    """Its devices stay, without a kit. Raises `NotFound`, and `Conflict` when a booking names it."""
    kit = _require(uow, kit_id)
    if kits.is_in_a_booking(uow.session, kit_id):
        raise Conflict(
            "kit-in-booking",
            Text(de="Dieser Koffer steht in einer Buchung.", en="This kit is part of a booking."),
            Text(de="Geräte herausnehmen oder den Koffer umbenennen.", en="Take the devices out, or rename the kit."),
            kit_id,
        )
    for device in kits.devices_in(uow.session, kit_id):
        _move(uow, device, None, actor)
    accessories.drop(uow.session, kit=kit_id)
    uow.session.flush()
    uow.session.delete(kit)
    uow.session.flush()
    _announce(uow, Happened.KIT_REMOVED, kit_id, actor)


def _move(uow: UnitOfWork, device: Device, kit: str | None, actor: str) -> None:
    if device.kit_id == kit:
        return
    device.kit_id = kit
    changed(uow, device, Happened.DEVICE_EDITED, actor, fields=["kit"])


def _require(uow: UnitOfWork, kit_id: str) -> Kit:
    kit = uow.session.get(Kit, kit_id)
    if kit is None:
        raise no_such("kit", kit_id)
    return kit


def _require_free(uow: UnitOfWork, name: str) -> None:
    if kits.kit_named(uow.session, name) is not None:
        text = Text(de="Einen Koffer mit diesem Namen gibt es schon.", en="A kit of this name already exists.")
        raise not_possible("name-taken", text, name)


def _announce(uow: UnitOfWork, kind: Happened, kit: str, actor: str) -> None:
    uow.record(kind, kit, actor)
    uow.touch(KITS, kit)
