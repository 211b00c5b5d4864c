"""Where sightings say a drone can be reached, and the key they share; pure."""

import ipaddress
import re

from medialab_agent.drivers.tello.drone import HOST, PORT
from medialab_wire.sightings import Sighting

SOURCE = "tello"
Address = tuple[str, int]


def local_key(sighting: Sighting) -> str | None:
    """By serial number, else by radio address, else by network address: all drones have the same one of these."""
    facts = sighting.facts
    if sighting.source == "manual" and facts.get("scheme") != SOURCE:
        return None
    found = facts.get("serial") or facts.get("mac") or f"{facts.get('address', '')}-{facts.get('port', PORT)}"
    words = re.sub(r"[^a-z0-9]+", "-", found.lower()).strip("-")
    return f"tello-{words}"[:63].rstrip("-") if facts.get("address") else None


def address_of(sighting: Sighting) -> Address | None:
    """Its IPv4 address and port; None for what is none."""
    return parse(f"{sighting.facts.get('address', '')}:{sighting.facts.get('port') or PORT}")


def parse(text: str) -> Address | None:
    """`192.168.10.1:8889`; the port may be missing."""
    host, _, port = text.strip().partition(":")
    if not re.fullmatch(r"\d{0,5}", port) or not 0 < int(port or PORT) < 65_536:
        return None
    try:
        return str(ipaddress.IPv4Address(host)), int(port or PORT)
    except ValueError:
        return None


def usual() -> Address:
    """Where a drone is whose network one has joined."""
    return HOST, PORT
