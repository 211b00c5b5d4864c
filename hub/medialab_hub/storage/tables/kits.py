"""Kits: a case of devices that is handed out as one."""

from sqlmodel import Field, SQLModel


class Kit(SQLModel, table=True):
    """A class set, or any case of concrete devices; a device is in one kit at most (`Device.kit_id`)."""

    __tablename__ = "kit"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
