"""Locations and stations."""

from sqlmodel import Field, SQLModel


class Location(SQLModel, table=True):
    """A room or cupboard."""

    __tablename__ = "location"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)


class Station(SQLModel, table=True):
    """A place in a location where a group works."""

    __tablename__ = "station"
    id: str = Field(primary_key=True)
    name: str
    location_id: str = Field(foreign_key="location.id", index=True)
