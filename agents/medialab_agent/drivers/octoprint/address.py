"""Where sightings say an OctoPrint can be reached, and the key they share."""

import re
from dataclasses import dataclass

from medialab_wire.sightings import Sighting

DEFAULT_PORT = 5000
"""https://docs.octoprint.org/en/master/configuration/config_yaml.html#server"""
SERVICE = "_octoprint._tcp"
IMITATORS = ("prusalink", "moonraker")
"""Programs that announce themselves as OctoPrint too, so that slicers find them; each has a driver of its own."""
MOONRAKER_PORT = "7125"
"""https://moonraker.readthedocs.io/en/latest/configuration/#server"""


@dataclass(frozen=True)
class Place:
    """One possible address. `uuid` is what was announced for it, if anything."""

    base: str
    uuid: str = ""


def _clean(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")


def local_key(sighting: Sighting) -> str | None:
    """By announced uuid, else by address; None for what cannot be an OctoPrint."""
    facts = sighting.facts
    if sighting.source == "mdns" and facts.get("type", "").lower() != SERVICE:
        return None
    if sighting.source == "manual" and facts.get("scheme") != "octoprint":
        return None
    if facts.get("name", "").lower().startswith(IMITATORS):
        return None
    if sighting.source == "mdns" and facts.get("port") == MOONRAKER_PORT:
        return None
    rest = _clean(facts.get("txt.uuid", "")) or _clean(f"{facts.get('address', '')}-{facts.get('port', '')}")
    return f"octoprint-{rest}"[:63].rstrip("-") if rest else None


def _place(sighting: Sighting) -> Place | None:
    facts = sighting.facts
    address, port = facts.get("address", "").strip(), facts.get("port") or str(DEFAULT_PORT)
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.%a-z]+", address) or not re.fullmatch(r"\d{1,5}", port):
        return None
    path = facts.get("txt.path", "/")
    path = path.rstrip("/") if re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", path) else ""
    host = f"[{address}]" if ":" in address else address
    return Place(f"http://{host}:{port}{path}", facts.get("txt.uuid", "").strip().lower())


def places(sightings: tuple[Sighting, ...]) -> tuple[Place, ...]:
    """Every address the sightings name, present ones first, each once."""
    found = (_place(s) for s in sorted(sightings, key=lambda s: not s.present))
    return tuple(dict.fromkeys(p for p in found if p))
