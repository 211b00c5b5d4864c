"""Which board it is and where it can be reached, from what USB shows now; pure.

The same numbers stand on other boards with a J-Link; only the drive named MINI says that it is a Calliope mini
(microsoft/pxt-calliope: editor/extension.tsx)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medialab_agent.sdk.microbit.inspector import Chip, Room
from medialab_agent.sdk.microbit.volume import NEVER, Volume, labels, volumes
from medialab_agent.sdk.trouble import NeedsPerson, unreachable
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

VENDOR = "1366"
"""usb.ids: SEGGER"""
ROOM = Room(Chip.NRF51, 256 * 1024, 32 * 1024)
SPOKEN = "calliope-mini-2"
"""What the default program calls both of them."""

_SERIAL = re.compile(r"[0-9a-fA-F]{4,32}")
MAINTENANCE = Text(
    de="Die Platine ist im Wartungsmodus. Kabel abziehen und ohne gedrückte Reset-Taste wieder anstecken. "
    "Keine Datei auf das Laufwerk ziehen.",
    en="The board is in maintenance mode. Unplug the cable and plug it in again without holding the reset button. "
    "Do not drag any file onto the drive.",
)


@dataclass(frozen=True)
class Place:
    """`device_class`: as the catalogue has it. `tty` empty, `stored` None: not there."""

    device_class: str
    name: str
    serial: str
    labels: tuple[str, ...]
    tty: str
    mini: Volume
    stored: Volume | None


_BOARDS = {"1015": ("calliope-mini-2-0", "Calliope mini 2.0"), "1025": ("calliope-mini-2-1", "Calliope mini 2.1")}


def local_key(sighting: Sighting) -> str | None:
    """By serial number; by its port when it has none."""
    facts = sighting.facts
    if sighting.source != "usb" or facts.get("vid") != VENDOR or facts.get("pid") not in _BOARDS:
        return None
    return serial_of(sighting) or f"port-{facts.get('path') or sighting.key}"


def serial_of(sighting: Sighting) -> str:
    """Empty when it is none."""
    serial = sighting.facts.get("serial", "").strip()
    return serial if _SERIAL.fullmatch(serial) else ""


def place_of(sightings: Sequence[Sighting]) -> Place:
    """Raises `Unreachable` when it is not plugged in, `NeedsPerson` when it is in maintenance or shows no MINI."""
    sighting = next((one for one in sightings if one.present), None)
    if sighting is None:
        raise unreachable("not plugged in")
    named, drives = labels(sighting), {drive.label: drive for drive in volumes(sighting)}
    if NEVER & set(named):
        raise NeedsPerson("board-maintenance", MAINTENANCE, MAINTENANCE)
    if "MINI" not in drives:
        raise unreachable("no drive MINI")
    device_class, name = _BOARDS[sighting.facts["pid"]]
    tty = sighting.facts.get("tty", "").split()
    return Place(
        device_class=device_class,
        name=name,
        serial=serial_of(sighting),
        labels=named,
        tty=tty[0] if tty else "",
        mini=drives["MINI"],
        stored=drives.get("FLASH"),
    )
