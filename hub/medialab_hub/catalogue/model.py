"""What the catalogue knows of a class of devices: names, how it is told, accessories, charging, care. Data only."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from medialab_hub.catalogue.areas import AREAS
from medialab_wire.base import WireId
from medialab_wire.texts import Text


class Evidence(StrEnum):
    """How a fact is known: read in source code or at the maker's, in usb.ids, in a forum, seen running, remembered."""

    SRC = "src"
    USBIDS = "usbids"
    FORUM = "forum"
    RAN = "ran"
    MEM = "mem"


class Plug(StrEnum):
    """How a device gets its power."""

    MAINS = "mains"
    USB_C = "usb-c"
    MICRO_USB = "micro-usb"
    MINI_USB = "mini-usb"
    LIGHTNING = "lightning"
    DOCK = "dock"
    BATTERIES = "batteries"
    REMOVABLE = "removable"
    """A battery that is taken out and charged by a charger of its own."""
    COMPUTER = "computer"
    """No battery: it runs while it hangs on a computer."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tell(_Data):
    """One way to tell a class: every key of `where` must fit what was reported, and none of `exclude`.

    A key fits when any of its patterns (fnmatch, case-insensitive) fits any value reported under it. `hint`: this
    alone never decides, it only makes the class worth asking a person about."""

    where: dict[str, tuple[str, ...]] = Field(min_length=1)
    exclude: dict[str, tuple[str, ...]] = {}
    hint: bool = False
    evidence: Evidence
    source: str = Field(min_length=3)
    """Where that stands: page, file, list."""

    @field_validator("where", "exclude", mode="before")
    @classmethod
    def _as_lists(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: (said,) if isinstance(said, str) else said for key, said in value.items()}


class Accessory(_Data):
    """Something that goes along and has to come back; `mains`: it has a mains plug of its own."""

    name: Text
    count: int = Field(default=1, ge=1, le=100)
    mains: bool = False


class Charging(_Data):
    """`plug`, and whether data passes through it: then a sync hub can reset the device, a case that only charges
    cannot."""

    plug: Plug
    data: bool = False
    note: Text | None = None


class AgeNote(_Data):
    """What to mind about age, in words; `years`: from which age on, in whole years, where somebody says so."""

    years: int | None = Field(default=None, ge=1, le=18)
    text: Text
    evidence: Evidence


class DeviceClass(_Data):
    """One class. `safety_test_months`: preset of the interval of the electrical test (DGUV Vorschrift 3 and 4), of the
    device or of its power supply; None where nothing hangs on the mains. The lab's own risk assessment decides."""

    id: WireId
    name: Text
    vendor: str = Field(min_length=1)
    """The maker; `–` for things of any maker."""
    kind: str = Field(min_length=2)
    drivers: tuple[WireId, ...] = ()
    """Drivers that may serve it."""
    manual: bool = False
    """It has no interface: a person chooses the class, and a checklist is its driver."""
    tells: tuple[Tell, ...] = ()
    recordings: bool = False
    """What people recorded stays on it: it is erased on the next day the centre is open at the earliest."""
    accessories: tuple[Accessory, ...] = Field(min_length=1)
    charging: Charging
    turnaround_min: int = Field(ge=0, le=600)
    """Minutes between two loans: reset, wipe, charge, count."""
    safety_test_months: int | None = Field(default=None, ge=1, le=48)
    age: AgeNote | None = None
    mkr: tuple[str, ...] = Field(min_length=1)
    """Areas of the Medienkompetenzrahmen NRW it serves, such as `6.3`."""

    @field_validator("mkr")
    @classmethod
    def _known_areas(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(value) - AREAS.keys():
            raise ValueError(f"unknown areas of the Medienkompetenzrahmen: {sorted(unknown)}")
        return value

    @model_validator(mode="after")
    def _is_consistent(self) -> "DeviceClass":
        hangs_on_mains = self.charging.plug is Plug.MAINS or any(piece.mains for piece in self.accessories)
        if hangs_on_mains != (self.safety_test_months is not None):
            raise ValueError(f"{self.id}: a safety test belongs to what has a mains plug, and to nothing else")
        if not self.manual and not self.tells:
            raise ValueError(f"{self.id}: neither told by a fact nor chosen by a person")
        return self
