"""Which sightings are the same iPad: its UDID, which its USB serial number holds; pure."""

import re

from medialab_wire.sightings import Sighting

USBMUX = "usbmux"
"""The name of this driver's own source."""
IPADS = frozenset({0x129A, 0x129F, 0x12A2, 0x12A3, 0x12A4, 0x12A5, 0x12A6, 0x12A9, 0x12AB})
"""USB product ids of iPads (linux-usb.org/usb.ids, vendor 05ac; every iPad since 2012 is 12ab). Phones, which are
mostly people's own, have others and are never shown."""
_NEW = re.compile(r"[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{16}")
_OLD = re.compile(r"[0-9A-Fa-f]{40}")


def udid_of(serial: str) -> str | None:
    """The UDID behind a USB serial number: 24 digits get their hyphen (libusbmuxd), 40 stay; None: no UDID."""
    bare = serial.strip().strip("\0")
    if _NEW.fullmatch(bare):
        digits = bare.replace("-", "").upper()
        return f"{digits[:8]}-{digits[8:]}"
    return bare.lower() if _OLD.fullmatch(bare) else None


def key_of(sighting: Sighting) -> str | None:
    """The UDID, for this driver's own sightings and those of the USB bus."""
    if sighting.source == USBMUX:
        return udid_of(sighting.facts.get("udid", ""))
    return udid_of(sighting.facts.get("serial", "")) if sighting.source == "usb" else None
