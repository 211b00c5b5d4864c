"""From a reading to what people and the hub are told: identities, facts, counts. No names of people's things."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.apple_ios.inventory import Inventory
from medialab_wire.base import Scalar
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.texts import Text

SETUP_NOTE = Text(
    de="Das iPad ist leer und steht vor der Einrichtung. Einrichten, dann den guten Zustand festhalten.",
    en="The iPad is empty and waits to be set up. Set it up, then record the good state.",
)
LOCK_NOTE = Text(
    de="Das iPad ist gesperrt: entsperren, damit Apps und Profile gelesen werden können.",
    en="The iPad is locked: unlock it, so that apps and profiles can be read.",
)
MANAGED_NOTE = Text(
    de="Das iPad gehört zu einer Geräteverwaltung. Es wird von hier aus nie gelöscht, nur durch diese.",
    en="The iPad belongs to a device management. It is never erased from here, only by that.",
)
_SCOPE = "apple"


def text(values: Mapping[str, Any], *names: str) -> str:
    """The first of these that is a text, cut to 120 characters on one line."""
    for name in names:
        found = values.get(name)
        if isinstance(found, str) and found.strip():
            return " ".join(found.split())[:120]
    return ""


def identities(udid: str, values: Mapping[str, Any]) -> tuple[Identity, ...]:
    """UDID, and the serial number printed on the back."""
    serial = text(values, "SerialNumber")
    found = [Identity(kind=IdentityKind.UUID, value=udid, scope=_SCOPE)]
    return (*([Identity(kind=IdentityKind.SERIAL, value=serial, scope=_SCOPE)] if serial else []), *found)


def name_of(values: Mapping[str, Any]) -> str:
    """What the lab called it, else its model."""
    return text(values, "DeviceName", "MarketingName", "ProductType") or "iPad"


def known_to_all(values: Mapping[str, Any]) -> dict[str, Scalar]:
    """What it tells strangers, too."""
    return {
        "maker": "Apple",
        "model": text(values, "MarketingName", "ProductType"),
        "product": text(values, "ProductType"),
        "system": " ".join(filter(None, ("iPadOS", text(values, "ProductVersion")))),
    }


def facts(now: Inventory) -> dict[str, Scalar]:
    """What changes rarely."""
    return {
        **known_to_all(now.values),
        "build": text(now.values, "BuildVersion"),
        "storage_total": number(now.disk, "TotalDiskCapacity"),
        "supervised": now.is_supervised,
        "organisation": None if now.cloud is None else now.has_organisation,
        "managed": now.is_managed,
        "passcode": now.has_passcode,
        "find_my": now.find_my,
        "awaits_setup": now.awaits_setup,
    }


def volatile(now: Inventory) -> dict[str, Scalar]:
    """What changes by itself."""
    charging = now.battery.get("BatteryIsCharging")
    return {
        "battery": number(now.battery, "BatteryCurrentCapacity"),
        "charging": charging if isinstance(charging, bool) else None,
        "storage_free": number(now.disk, "TotalDataAvailable"),
    }


def traces(now: Inventory) -> dict[str, int]:
    """Counts of what can be counted; Apple lets nobody count photos or the contents of apps."""
    counted = {"apps": now.apps, "profiles": now.profiles}
    return {name: len(found) for name, found in counted.items() if found is not None}


def note(now: Inventory) -> Text | None:
    """What a person should know first."""
    if now.is_locked:
        return LOCK_NOTE
    if now.awaits_setup:
        return SETUP_NOTE
    return MANAGED_NOTE if now.is_managed else None


def number(values: Mapping[str, Any], name: str) -> int | None:
    """A count the device gives, if it is one a signed 64-bit column can hold."""
    found = values.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**63 else None
