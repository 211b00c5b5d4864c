"""Kits: class sets and cases that are handed out as one."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body


class KitName(BaseModel):
    """A kit; also stream event `kit`. Who holds the fleet counts its devices for itself."""

    id: str
    name: str


class KitView(KitName):
    """A kit and how ready it is: `ready` of `devices`; `by_hand` of them wait for somebody."""

    devices: int = 0
    ready: int = 0
    by_hand: int = 0


class NewKit(Body):
    """A new kit, with the devices that are in it."""

    name: str = Field(min_length=1, max_length=80)
    devices: list[str] = Field(default=[], max_length=500)


class KitChange(Body):
    """Rename, put in, take out; only what is given changes."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    put_in: list[str] = Field(default=[], max_length=500)
    take_out: list[str] = Field(default=[], max_length=500)
