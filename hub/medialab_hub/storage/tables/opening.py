"""When the centre is open, and the days on which it is closed."""

from datetime import date
from typing import Any

from sqlmodel import Field, SQLModel

from medialab_hub.storage.tables.base import document, typed, version


class Opening(SQLModel, table=True):
    """One row. `hours`: for each weekday, Monday first, pairs of minutes of the local day; empty until it is set."""

    __tablename__ = "opening"
    id: str = Field(primary_key=True)
    hours: list[Any] = document(list)
    closes_in_school_holidays: bool = False
    version: int = version()


class Closure(SQLModel, table=True):
    """Closed from the first up to and with the last day."""

    __tablename__ = "closure"
    id: str = Field(primary_key=True)
    opening_id: str = Field(foreign_key="opening.id", index=True)
    first_day: date
    last_day: date
    reason: str = typed("id", "actor", noun="opening", key="opening_id")
    actor: str = ""
    """Who wrote the reason."""
