"""What is used up, and each change of its stock. The stock itself is no column: it is the sum of its changes."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, version


class Supply(SQLModel, table=True):
    """Such as a filament of one colour, counted in `unit`; below `minimum` the hub says that some should be bought."""

    __tablename__ = "supply"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    unit: str = ""
    minimum: int = 0
    version: int = version()


class SupplyMove(SQLModel, table=True):
    """One change; nothing of it is ever changed. `client_key`: sent again, it stays one."""

    __tablename__ = "supply_move"
    __table_args__ = (UniqueConstraint("supply_id", "client_key"),)
    id: str = Field(primary_key=True)
    supply_id: str = Field(foreign_key="supply.id", index=True)
    kind: str
    """`bought`, `used`, `discarded`, `counted`."""
    change: int
    booking_id: str | None = Field(default=None, foreign_key="booking.id", index=True)
    """For which it was used."""
    client_key: str | None = None
    at: Moment = moment()
    actor: str = ""
