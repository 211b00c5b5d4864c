"""What an agent says about itself and its devices: inventory, report, event."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from medialab_wire.base import Scalar, ShortText, WireId, WireModel
from medialab_wire.capabilities import DriverManifest
from medialab_wire.sightings import BusFact
from medialab_wire.texts import Text


class Presence(StrEnum):
    """`present`: answers now; `silent`: seen by a bus but not answering; `absent`: not seen any more."""

    PRESENT = "present"
    SILENT = "silent"
    ABSENT = "absent"


class Access(StrEnum):
    """Whether the agent may talk to it: `ok`, `needs_person` (somebody must allow it at the device, see `help`),
    `none` (no driver claims it, or all one can do is see it), `failed`."""

    OK = "ok"
    NEEDS_PERSON = "needs_person"
    NONE = "none"
    FAILED = "failed"


class IdentityKind(StrEnum):
    """How a device can be recognised, strongest first. `place` (a port or an address) never merges two devices."""

    SERIAL = "serial"
    UUID = "uuid"
    MAC = "mac"
    ASSET = "asset"
    PLACE = "place"


class Identity(WireModel):
    """One claim about who a device is. `scope` keeps equal serials of different makers apart."""

    kind: IdentityKind
    value: ShortText = Field(min_length=1)
    scope: ShortText = ""


class Report(WireModel):
    """Topic `up/d/<dev>/rep`: everything known about one connection. A later (birth, seq) replaces an earlier one.

    `traces` are counts of what people left behind, never content or names. `volatile` holds what changes by itself
    (battery, temperature, progress). `baseline` is what `record_baseline` would store now."""

    dev: WireId
    birth: int
    seq: int
    driver: WireId | None = None
    presence: Presence = Presence.PRESENT
    access: Access = Access.NONE
    help: Text | None = None
    name: ShortText = ""
    kind: str = "unknown"
    identities: tuple[Identity, ...] = ()
    facts: dict[str, Scalar] = {}
    volatile: dict[str, Scalar] = {}
    traces: dict[str, int] = {}
    sources: tuple[str, ...] = ()
    candidates: tuple[WireId, ...] = ()
    """Drivers that match equally well; a person chooses."""
    formerly: WireId | None = None
    """The connection without a driver that showed this very thing until a person chose its driver."""


class Event(WireModel):
    """Topic `up/d/<dev>/ev`: a hint the hub never relies on. `seq` counts per boot; a gap asks for a rebirth."""

    dev: WireId
    boot: str
    seq: int
    kind: str
    data: dict[str, Any] = {}


class Inventory(WireModel):
    """Topic `up/inv`: drivers, buses and connections of one agent. `version` is the hash of the content."""

    version: str
    host: ShortText = ""
    drivers: tuple[DriverManifest, ...] = ()
    buses: tuple[BusFact, ...] = ()
    devices: tuple[WireId, ...] = ()
