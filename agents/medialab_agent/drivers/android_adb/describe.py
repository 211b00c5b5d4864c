"""From an inventory to what is reported: identities, facts, volatile values, traces. Pure; counts, never content."""

from collections.abc import Mapping

from medialab_agent.drivers.android_adb import headset
from medialab_agent.drivers.android_adb.device import is_address, is_unique
from medialab_agent.drivers.android_adb.inventory import Inventory
from medialab_agent.drivers.android_adb.profiles import Profile
from medialab_wire.base import Scalar
from medialab_wire.reports import Identity, IdentityKind

_DAY_MS = 86_400_000
_DEFAULT_TRUST_MS = 604_800_000
"""AOSP Settings.Global.DEFAULT_ADB_ALLOWED_CONNECTION_TIME: seven days."""
_CHARGING = {"2", "5"}
"""BatteryManager: charging, full."""


def identities(serials: tuple[str, ...], place: str) -> tuple[Identity, ...]:
    """Serials that tell devices apart, once each, and the port or address."""
    kept = dict.fromkeys(serial for serial in serials if is_unique(serial) and not is_address(serial))
    claims = [Identity(kind=IdentityKind.SERIAL, value=serial) for serial in kept]
    places = [place] if place else [serial for serial in serials if is_address(serial)]
    return (*claims, *(Identity(kind=IdentityKind.PLACE, value=value[:512]) for value in dict.fromkeys(places)))


def name(now: Inventory, profile: Profile) -> str:
    """Maker and model, cut to 120 characters."""
    maker, model = now.props.get("ro.product.manufacturer", ""), profile.model(now.props)
    return (model if model.lower().startswith(maker.lower()) else f"{maker} {model}").strip()[:120]


def facts(now: Inventory, profile: Profile, place: str) -> dict[str, Scalar]:
    """What changes seldom."""
    props = now.props
    values: dict[str, Scalar] = {
        "maker": props.get("ro.product.manufacturer"),
        "model": profile.model(props),
        "codename": props.get("ro.product.device"),
        "profile": profile.id,
        "android": props.get("ro.build.version.release"),
        "patch": props.get("ro.build.version.security_patch"),
        "apps": len(now.apps) if now.apps is not None else None,
        "storage_total": now.storage[0] if now.storage else None,
        "locked": now.lock_set,
        "trust_days": _trust_days(now.settings.get("global")),
        "language": props.get("persist.sys.locale"),
        "port": place or None,
        **headset.facts(now.controllers),
    }
    return {key: value[:512] if isinstance(value, str) else value for key, value in values.items() if value is not None}


def volatile(now: Inventory) -> dict[str, Scalar]:
    """What changes by itself."""
    values = headset.volatile(now.controllers)
    if battery := now.battery:
        values["battery"] = _percent(battery)
        values["charging"] = battery.get("status") in _CHARGING
        if (tenths := battery.get("temperature", "")).lstrip("-").isdecimal():
            values["temperature"] = int(tenths[:6]) / 10
    if now.storage:
        values["storage_free"] = now.storage[1]
    return {key: value for key, value in values.items() if value is not None}


def traces(now: Inventory) -> dict[str, int]:
    """Counts of what people may have left."""
    counts = {key: now.counts[key] for key in ("images", "video", "audio", "contacts", "events") if key in now.counts}
    if now.files is not None:
        counts["files"] = sum(1 for size in now.files.values() if size >= 0)
    if now.accounts is not None:
        counts["accounts"] = sum(now.accounts.values())
    if now.wifi is not None:
        counts["wifi"] = len(now.wifi)
    if now.bonds is not None:
        counts["bonds"] = len(now.bonds)
    return counts


def _trust_days(values: Mapping[str, str] | None) -> int | None:
    if values is None:
        return None
    raw = values.get("adb_allowed_connection_time", str(_DEFAULT_TRUST_MS))
    return int(raw[:18]) // _DAY_MS if raw.isdecimal() else None


def _percent(battery: Mapping[str, str]) -> int | None:
    level, scale = battery.get("level", ""), battery.get("scale", "100")
    if not level.isdecimal() or not scale.isdecimal() or not int(scale[:9]):
        return None
    return min(100, int(level[:9]) * 100 // int(scale[:9]))
