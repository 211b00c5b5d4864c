"""Which sightings nobody claims are worth showing, and which of them are one thing; pure."""

from medialab_wire.sightings import Sighting

DEVICE_SERVICES = frozenset(
    {
        "_http._tcp", "_https._tcp", "_ipp._tcp", "_ipps._tcp", "_printer._tcp", "_pdl-datastream._tcp",
        "_octoprint._tcp", "_moonraker._tcp", "_prusalink._tcp", "_adb-tls-connect._tcp", "_adb._tcp",
        "_esphomelib._tcp", "_ssh._tcp", "_workstation._tcp", "_arduino._tcp",
    }
)  # fmt: skip
"""Services that equipment announces (IANA service name registry). Visitors' phones announce others and stay unseen."""


def group_of(sighting: Sighting) -> str | None:
    """Equal for sightings of one thing; None for what is not shown.

    Unclaimed Bluetooth devices are mostly people's own (phones, watches, hearing aids) and are never shown."""
    facts = sighting.facts
    if sighting.source == "ble":
        return None
    if sighting.source == "mdns":
        if facts.get("type", "").lower() not in DEVICE_SERVICES:
            return None
        return f"mdns:{(facts.get('host') or facts.get('address') or sighting.key).lower()}"
    if sighting.source == "usb" and facts.get("serial"):
        return f"usb:{facts.get('vid', '')}:{facts.get('pid', '')}:{facts['serial']}"
    return f"{sighting.source}:{sighting.key}"
