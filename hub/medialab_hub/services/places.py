"""Rooms, cupboards and the places in them."""

from medialab_hub.domain.events import Happened
from medialab_hub.services.place_rows import ALL_PLACES, PLACES
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.subjects import changed
from medialab_hub.storage import places as rows
from medialab_hub.storage.tables import Device, Location, Station
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


def add_location(uow: UnitOfWork, name: str, actor: str) -> str:
    """A new room or cupboard; returns its id. Raises `Conflict` when the name is taken."""
    name = name.strip()
    if rows.location_named(uow.session, name) is not None:
        text = Text(de="Diesen Raum gibt es schon.", en="This room already exists.")
        raise not_possible("name-taken", text, name)
    location = Location(id=uow.new_id("loc"), name=name)
    uow.session.add(location)
    _announce(uow, Happened.PLACE_ADDED, location.id, actor)
    return location.id


def add_station(uow: UnitOfWork, name: str, location: str, actor: str) -> str:
    """A new place in a room; returns its id. Raises `NotFound`, `Conflict`."""
    name = name.strip()
    if uow.session.get(Location, location) is None:
        raise no_such("location", location)
    if any(station.name == name for station in rows.stations_in(uow.session, location)):
        text = Text(de="Diesen Platz gibt es in dem Raum schon.", en="This place already exists in the room.")
        raise not_possible("name-taken", text, name)
    station = Station(id=uow.new_id("sta"), name=name, location_id=location)
    uow.session.add(station)
    _announce(uow, Happened.PLACE_ADDED, station.id, actor)
    return station.id


def remove_location(uow: UnitOfWork, location_id: str, actor: str) -> None:
    """Its devices stay, without a place; its stations go with it. Raises `NotFound`."""
    location = uow.session.get(Location, location_id)
    if location is None:
        raise no_such("location", location_id)
    for station in rows.stations_in(uow.session, location_id):
        remove_station(uow, station.id, actor)
    for device in rows.devices_at(uow.session, location=location_id):
        device.location_id = None
        _moved(uow, device, actor)
    uow.session.flush()
    uow.session.delete(location)
    _announce(uow, Happened.PLACE_REMOVED, location_id, actor)


def remove_station(uow: UnitOfWork, station_id: str, actor: str) -> None:
    """Its devices stay in the room. Raises `NotFound`."""
    station = uow.session.get(Station, station_id)
    if station is None:
        raise no_such("station", station_id)
    for device in rows.devices_at(uow.session, station=station_id):
        device.station_id = None
        _moved(uow, device, actor)
    uow.session.flush()
    uow.session.delete(station)
    _announce(uow, Happened.PLACE_REMOVED, station_id, actor)


def _moved(uow: UnitOfWork, device: Device, actor: str) -> None:
    changed(uow, device, Happened.DEVICE_EDITED, actor, fields=["place"])


def _announce(uow: UnitOfWork, kind: Happened, place: str, actor: str) -> None:
    uow.session.flush()
    uow.record(kind, place, actor)
    uow.touch(PLACES, ALL_PLACES)
