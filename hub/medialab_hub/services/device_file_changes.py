"""Carries out what a table of devices said: new devices, and changes of known ones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from medialab_hub.domain.acquisitions import Acquired
from medialab_hub.domain.device_sheet import DATES, Said
from medialab_hub.services import acquisitions, inventory, kits, models, people, places, things
from medialab_hub.services.people import Contact
from medialab_hub.services.subjects import require_device
from medialab_hub.services.things import NewThing
from medialab_hub.storage import device_files as rows
from medialab_hub.storage.unit_of_work import UnitOfWork

_BOUGHT = ("price", *DATES, "supplier", "cost_center", "programme")


class Change(Protocol):
    """One line that does something; see `services.device_files.Line`."""

    @property
    def said(self) -> Said:
        """What it says."""

    @property
    def device(self) -> str | None:
        """The device it is about; None: a new one."""

    @property
    def version(self) -> int:
        """Of that device."""

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """What differs."""


def apply(uow: UnitOfWork, lines: Sequence[Change], actor: str) -> None:
    """Make it so."""
    fresh = [line for line in lines if line.device is None]
    keys = iter(things.enter(uow, [_thing(line.said.given) for line in fresh], actor) if fresh else [])
    meant = [(line.device or next(keys), line) for line in lines]
    _rename(uow, [(key, line) for key, line in meant if line.device is not None], actor)
    model_ids, location_ids, kit_ids = rows.named(uow.session)
    for name, of_it in _by_name(meant, "location"):
        _move(uow, location_ids.get(name) or places.add_location(uow, name, actor), of_it, actor)
    for name, of_it in _by_name(meant, "model"):
        models.put_in(uow, model_ids.get(name) or models.add(uow, name, None, None, actor), of_it, actor)
    for name, of_it in _by_name(meant, "kit"):
        kits.put_in(uow, kit_ids.get(name) or kits.add(uow, name, (), actor), of_it, actor)
    for key, line in meant:
        if not line.changes.keys().isdisjoint(_BOUGHT):
            acquisitions.note(uow, key, _bought(uow, key, line.said.given), actor)


def add_people(uow: UnitOfWork, wanted: Iterable[Mapping[str, str]], actor: str) -> None:
    """People to whom things were lent elsewhere."""
    for said in wanted:
        contact = Contact(said["family_name"], said.get("given_name", ""), said["email"])
        people.add(uow, contact, None, (), actor)


def _thing(given: Mapping[str, str]) -> NewThing:
    return NewThing(given["name"], given["tag"], given.get("device_class"), given.get("serial", ""))


def _by_name(meant: Sequence[tuple[str, Change]], field: str) -> Iterable[tuple[str, list[str]]]:
    """What the field says then, and of which devices."""
    found: dict[str, list[str]] = {}
    for key, line in meant:
        if field in line.changes:
            found.setdefault(line.said.given[field], []).append(key)
    return found.items()


def _move(uow: UnitOfWork, location: str, keys: list[str], actor: str) -> None:
    for key in keys:
        inventory.change(uow, key, require_device(uow, key).version, actor, location=location)


def _rename(uow: UnitOfWork, known: Sequence[tuple[str, Change]], actor: str) -> None:
    """Name and type of devices that are there already, and a serial number that nobody knew."""
    for key, line in known:
        wanted = {field: line.said.given[field] for field in ("name", "device_class") if field in line.changes}
        if wanted:
            inventory.change(uow, key, line.version, actor, **wanted)
        if "serial" in line.changes:
            things.note_serial(uow, key, line.said.given["serial"])


def _bought(uow: UnitOfWork, key: str, given: Mapping[str, str]) -> Acquired:
    """What was known, with what the row says."""
    known = acquisitions.of_device(uow.session, key)
    known.pop("version")
    words = {field: given[field] for field in ("supplier", "cost_center", "programme") if field in given}
    days = {field: date.fromisoformat(given[field]) for field in DATES if field in given}
    cents = {"price_cents": int(given["price"].replace(".", ""))} if "price" in given else {}
    return Acquired(**{**known, **words, **days, **cents})
