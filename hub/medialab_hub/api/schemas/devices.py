"""Devices: the row of a list, the whole of one, and what people do with them."""

from typing import Any

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.device_status import DeviceStatus
from medialab_wire.base import Scalar
from medialab_wire.reports import Access, IdentityKind, Presence
from medialab_wire.texts import Text


class DeviceRow(BaseModel):
    """One line of the list; also stream event `device`. `seq` is the fleet sequence that last changed it."""

    id: str
    seq: int
    name: str
    kind: str
    status: DeviceStatus
    presence: Presence
    access: Access
    adopted: bool
    driver: str | None = None
    model: str = ""
    asset_tag: str | None = None
    location: str | None = None
    station: str | None = None
    kit: str | None = None
    agent: str | None = None
    battery: int | None = None
    traces: int = 0
    job: str | None = None
    """Live job, if any."""
    progress: float | None = None
    step: Text | None = None
    """Title of the running step."""
    last_seen: Instant | None = None
    proven_at: Instant | None = None
    issues: int = 0


class DeviceQuery(BaseModel):
    """Which devices a list shows, and from where on."""

    q: str = ""
    status: DeviceStatus | None = None
    kind: str | None = None
    location: str | None = None
    station: str | None = None
    kit: str | None = None
    adopted: bool | None = None
    after: str | None = None
    limit: int = Field(50, ge=1, le=500)


class DevicePage(BaseModel):
    """Fifty devices a page by (name, id); `after` of the next page, None at the end."""

    items: list[DeviceRow]
    total: int
    after: str | None = None
    seq: int


class FleetSnapshot(BaseModel):
    """The whole fleet: the fields of `DeviceRow` as columns, one list for each device."""

    seq: int
    columns: list[str]
    rows: list[list[Any]]


class ConnectionView(BaseModel):
    """One way a device is reached."""

    id: str
    agent: str
    dev: str
    driver: str | None
    candidates: list[str] = []
    """Drivers that fit equally well; a person chooses one with `DriverChoice`."""
    chosen: bool = False
    """True when a person chose its driver, which can be changed or taken back with another `DriverChoice`."""
    presence: Presence
    access: Access
    help: Text | None = None
    name: str
    sources: list[str]
    owner: bool
    """True when this agent is the one that may command it."""
    last_seen: Instant | None = None


class IdentityView(BaseModel):
    """One thing a device is recognised by."""

    kind: IdentityKind
    value: str
    scope: str = ""


class AllocationView(BaseModel):
    """What blocks a device now. `erase_from`: it came back, and is not erased before."""

    id: str
    kind: str
    reason: str = ""
    starts: Instant
    ends: Instant | None = None
    erase_from: Instant | None = None


class ClassName(BaseModel):
    """A class of the catalogue by name."""

    id: str
    name: Text


class ClassAnswer(BaseModel):
    """Which class of the catalogue a device is of. `of` None: nobody knows; `candidates` are worth asking about."""

    of: ClassName | None = None
    chosen: bool = False
    """True when a person chose it, which goes before everything reported."""
    candidates: list[ClassName] = []


class DeviceDetail(DeviceRow):
    """Everything about one device. `traces_by_kind` are counts, never content."""

    help: Text | None = None
    facts: dict[str, Scalar] = {}
    volatile: dict[str, Scalar] = {}
    traces_by_kind: dict[str, int] = {}
    device_class: ClassAnswer = ClassAnswer()
    identities: list[IdentityView] = []
    connections: list[ConnectionView] = []
    allocations: list[AllocationView] = []
    baseline_at: Instant | None = None
    baseline_summary: dict[str, Any] = {}
    version: int = 0
    """For compare-and-set in `DeviceChange`."""
    clash: list[str] = []
    """Devices that may be the same one; a person decides."""


class DeviceChange(Body):
    """Rename, retag, move, choose the class. Only given fields change; an empty text clears all but the name."""

    version: int
    name: str | None = Field(default=None, min_length=1, max_length=80)
    asset_tag: str | None = Field(default=None, max_length=40)
    device_class: str | None = Field(default=None, max_length=63)
    """An id of `/classes`; without a choice the class is derived from what is reported."""
    location: str | None = None
    station: str | None = None


class Adoption(Body):
    """Take one found device into the lab's inventory."""

    device: str
    name: str | None = Field(default=None, min_length=1, max_length=80)
    location: str | None = None


class Adoptions(Body):
    """Adopt several; `record_baseline` records each present state as the good one."""

    devices: list[Adoption] = Field(min_length=1, max_length=1000)
    record_baseline: bool = True


class AdoptionResult(BaseModel):
    """Adopted ids with their new asset tags, and the jobs that record the baselines."""

    devices: list[str]
    jobs: list[str] = []


class Retirement(Body):
    """Take a device out of the inventory for good."""

    version: int
    reason: str = Field(default="", max_length=200)
    despite_binding: bool = False
    """Also while it is bound to what it was paid for."""


class MaintenanceStart(Body):
    """Keep a device out of use."""

    reason: str = Field(default="", max_length=200)


class Merge(Body):
    """These two are the same device."""

    other: str


class Split(Body):
    """This connection belongs to another device."""

    connection: str


class DriverChoice(Body):
    """Settles a tie: `driver` is one of the connection's `candidates`, or None to take a choice back."""

    connection: str
    driver: str | None
