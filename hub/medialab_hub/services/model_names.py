"""What the list calls a device's model: the catalogue's name, with what the device itself says behind it."""

from collections.abc import Hashable

from medialab_hub.catalogue.loader import shipped
from medialab_hub.services.device_classes import class_of
from medialab_hub.storage import devices
from medialab_hub.storage.tables import Connection, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_KNOWN = 4_000
"""Answers remembered: what a connection says about itself seldom changes, and asking the catalogue costs a query."""
_known: dict[Hashable, str | None] = {}


def model_of(uow: UnitOfWork, device: Device, source: Connection) -> str | None:
    """For the row of a device that shows this connection; None: nobody knows a model."""
    said = tuple(sorted((key, str(value)) for key, value in source.facts.items()))
    asked = (source.id, source.said_hash, device.chosen_class, source.driver, source.kind, source.name, said)
    if asked not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[asked] = _looked_up(uow, device, source)
    return _known[asked]


def _looked_up(uow: UnitOfWork, device: Device, source: Connection) -> str | None:
    told = source.facts.get("model")
    code = told if isinstance(told, str) else ""
    found = class_of(device, [source], devices.identities_of(uow.session, [device.id])).decided
    return model_name(None if found is None else shipped().classes[found].name, code) or None


def model_name(name: Text | None, code: str) -> str:
    """One text for both languages: only a name that reads alike in both is taken, without what stands in brackets
    where just that differs."""
    if name is None:
        return code
    shared = name.de if name.de == name.en else name.de.partition(" (")[0]
    if shared != name.en and shared != name.en.partition(" (")[0]:
        return code
    if not code or code.casefold() in shared.casefold():
        return shared
    return code if shared.casefold() in code.casefold() else f"{shared} ({code})"
