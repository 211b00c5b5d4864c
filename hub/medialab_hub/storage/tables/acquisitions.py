"""How devices were bought, and what the money is bound to."""

from datetime import date

from sqlmodel import Field, SQLModel

from medialab_hub.storage.tables.base import version


class Acquisition(SQLModel, table=True):
    """One row a device, once somebody entered something."""

    __tablename__ = "acquisition"
    device_id: str = Field(primary_key=True, foreign_key="device.id")
    price_cents: int | None = None
    bought_on: date | None = None
    warranty_until: date | None = None
    supplier: str = ""
    cost_center: str = ""
    programme: str = Field(default="", index=True)
    """Who paid, such as "DigitalPakt"; the same word for the same programme."""
    bound_until: date | None = None
    """Last day on which it must be used for what it was paid for."""
    version: int = version()
