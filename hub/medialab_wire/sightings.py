"""What discovery saw: a fact about a bus or a network, before any driver looked at it."""

from enum import StrEnum

from medialab_wire.base import ShortText, WireModel
from medialab_wire.texts import Text


class Sighting(WireModel):
    """Something seen on one source. `source` is `usb`, `ble`, `mdns`, `manual` or a driver's own source.

    `key` is stable for the same thing on the same source (USB: sysfs path, BLE: address, mDNS: full service name).
    `facts` are flat strings a matcher can test; keys are lower case. All values are hostile input."""

    source: str
    key: ShortText
    present: bool = True
    facts: dict[str, ShortText] = {}


class BusStatus(StrEnum):
    """`starting`: not looked yet; `listening`: works; `absent`: this machine has no such bus or tool; `denied`: a
    permission is missing; `failed`: it is there and does not work."""

    STARTING = "starting"
    LISTENING = "listening"
    ABSENT = "absent"
    DENIED = "denied"
    FAILED = "failed"


class BusFact(WireModel):
    """The state of one discovery source, with the reason and the remedy in plain words when it is not listening."""

    source: str
    status: BusStatus
    title: Text
    reason: Text | None = None
    remedy: Text | None = None
    seen: int = 0
