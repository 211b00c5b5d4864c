"""Finds locations and stations, and counts what is in them."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from medialab_hub.storage.tables import Device, Location, Station


def locations(session: Session) -> Sequence[Location]:
    """All locations by name."""
    return session.exec(select(Location).order_by(Location.name)).all()


def stations(session: Session) -> Sequence[Station]:
    """All stations by name."""
    return session.exec(select(Station).order_by(Station.name, Station.id)).all()


def stations_in(session: Session, location: str) -> Sequence[Station]:
    """The stations of one location."""
    return session.exec(select(Station).where(Station.location_id == location)).all()


def location_named(session: Session, name: str) -> Location | None:
    """The location of that name."""
    return session.exec(select(Location).where(Location.name == name)).first()


def devices_by_location(session: Session) -> dict[str, int]:
    """How many devices that are not retired each location holds."""
    query = (
        select(Device.location_id, func.count())
        .where(col(Device.location_id).is_not(None), col(Device.retired_at).is_(None))
        .group_by(col(Device.location_id))
    )
    return {place: count for place, count in session.exec(query) if place is not None}


def devices_by_station(session: Session) -> dict[str, int]:
    """How many devices that are not retired each station holds."""
    query = (
        select(Device.station_id, func.count())
        .where(col(Device.station_id).is_not(None), col(Device.retired_at).is_(None))
        .group_by(col(Device.station_id))
    )
    return {place: count for place, count in session.exec(query) if place is not None}


def devices_at(session: Session, *, location: str | None = None, station: str | None = None) -> Sequence[Device]:
    """Every device, retired or not, that refers to a place."""
    wanted = Device.location_id == location if location is not None else Device.station_id == station
    return session.exec(select(Device).where(wanted)).all()
