"""Where one board can be reached: command channel, serial port and drive, from what USB shows now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medialab_agent.drivers.daplink.boards import Board, Doubt, which
from medialab_agent.sdk.microbit.volume import Volume, labels, volumes
from medialab_agent.sdk.trouble import unreachable
from medialab_wire.sightings import Sighting

VENDOR, PRODUCT = "0d28", "0204"
"""usb.ids: "NXP, ARM mbed"; shared by every board with this interface firmware."""

_SERIAL = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Place:
    """Empty texts and None: not there."""

    serial: str
    board: Board | Doubt
    labels: tuple[str, ...]
    hidraw: str
    tty: str
    drive: Volume | None


def local_key(sighting: Sighting) -> str | None:
    """By serial number; by its port when it has none."""
    facts = sighting.facts
    if sighting.source != "usb" or facts.get("vid") != VENDOR or facts.get("pid") != PRODUCT:
        return None
    return serial_of(sighting) or f"port-{facts.get('path') or sighting.key}"


def serial_of(sighting: Sighting) -> str:
    """In lower case; empty when it is none."""
    serial = sighting.facts.get("serial", "").strip().lower()
    return serial if _SERIAL.fullmatch(serial) else ""


def place_of(sightings: Sequence[Sighting]) -> Place:
    """Raises `Unreachable` when it is not plugged in."""
    for sighting in sightings:
        if sighting.present:
            return _place(sighting)
    raise unreachable("not plugged in")


def _place(sighting: Sighting) -> Place:
    facts = sighting.facts
    serial, named = serial_of(sighting), labels(sighting)
    board = which(serial, facts.get("product", ""), named)
    drives = [drive for drive in volumes(sighting) if drive.label in ("MICROBIT", "MINI")]
    return Place(
        serial=serial,
        board=board,
        labels=named,
        hidraw=_first(facts.get("hidraw", "")),
        tty=_first(facts.get("tty", "")),
        drive=drives[0] if len(drives) == 1 else None,
    )


def _first(nodes: str) -> str:
    return nodes.split()[0] if nodes.split() else ""
