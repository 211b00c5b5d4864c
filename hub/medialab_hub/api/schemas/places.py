"""Locations (rooms, cupboards) and stations (places to work at)."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body


class LocationView(BaseModel):
    """A room or cupboard; also stream event `location`."""

    id: str
    name: str
    devices: int = 0


class StationView(BaseModel):
    """A place in a location where a group works."""

    id: str
    name: str
    location: str
    devices: int = 0


class Places(BaseModel):
    """All of them."""

    locations: list[LocationView]
    stations: list[StationView]


class NewLocation(Body):
    """A new room or cupboard."""

    name: str = Field(min_length=1, max_length=80)


class NewStation(Body):
    """A new station in a location."""

    name: str = Field(min_length=1, max_length=80)
    location: str


class NewThings(Body):
    """Devices without an interface, such as twenty Bee-Bots; `device_class` is an id of the catalogue or made up."""

    device_class: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$")
    count: int = Field(ge=1, le=100)


class ManualAddress(Body):
    """An address typed in by a person, such as `octoprint://192.0.2.7:5000`."""

    address: str = Field(min_length=1, max_length=300)
