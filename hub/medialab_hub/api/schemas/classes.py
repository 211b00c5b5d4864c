"""The catalogue: what is known of a class of devices."""

from pydantic import BaseModel

from medialab_wire.texts import Text


class AccessoryView(BaseModel):
    """What belongs to a device and has to come back; `mains`: it has a mains plug."""

    name: Text
    count: int
    mains: bool


class ChargingView(BaseModel):
    """`data`: the plug carries data, too: a sync hub can reset the device, a case that only charges cannot."""

    plug: str
    data: bool
    note: Text | None = None


class AgeView(BaseModel):
    """What to mind about age."""

    years: int | None = None
    text: Text
    evidence: str


class AreaView(BaseModel):
    """An area of the Medienkompetenzrahmen NRW."""

    id: str
    name: Text


class DeviceClassView(BaseModel):
    """One class of the catalogue. `manual`: it has no interface, a person chooses the class."""

    id: str
    name: Text
    vendor: str
    kind: str
    drivers: list[str]
    manual: bool
    accessories: list[AccessoryView]
    charging: ChargingView
    turnaround_min: int
    safety_test_months: int | None = None
    """Preset of the interval of the electrical test; None where nothing hangs on the mains."""
    age: AgeView | None = None
    areas: list[AreaView]
