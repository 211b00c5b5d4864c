"""Where sightings say a PrusaLink can be reached, and the key they share."""

import re
from dataclasses import dataclass

from medialab_wire.sightings import Sighting

SERVICE = "_prusalink._tcp"
"""PrusaLink is announced as `_http` and `_octoprint` too; only this one is its own (service_discovery.py, 0.8.1)."""
DEFAULT_PORT = 80
"""Buddy firmware listens here, and the image for the Pi forwards it."""


@dataclass(frozen=True)
class Place:
    """One possible address, and the names its settings may go by, best first."""

    base: str
    names: tuple[str, ...]


def slug(words: str) -> str:
    """`prusa-mk4.local` → `prusa_mk4`, `192.0.2.7` → `192_0_2_7`: as a part of a setting's name."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower().removesuffix(".local")).strip("_")


def local_key(sighting: Sighting) -> str | None:
    """By host name and port, else by address and port; None for what cannot be a PrusaLink.

    PrusaLink announces nothing of its own that is stable: its TXT record is only `path=/`."""
    facts = sighting.facts
    if sighting.source == "mdns" and facts.get("type", "").lower() != SERVICE:
        return None
    if sighting.source == "manual" and facts.get("scheme") != "prusalink":
        return None
    host = slug(facts.get("host", "")) or slug(facts.get("address", ""))
    port = facts.get("port") or str(DEFAULT_PORT)
    return f"prusalink-{host}-{slug(port)}".replace("_", "-")[:63].rstrip("-") if host else None


def _place(sighting: Sighting) -> Place | None:
    facts = sighting.facts
    # PrusaLink 0.8.1 announces no address of its own: where nothing else on its Pi does, only the name is known
    address = facts.get("address", "").strip() or facts.get("host", "").strip()
    port = facts.get("port") or str(DEFAULT_PORT)
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.%a-z]+", address) or not re.fullmatch(r"\d{1,5}", port):
        return None
    host = f"[{address}]" if ":" in address else address
    names = (slug(facts.get("host", "")), slug(address))
    return Place(f"http://{host}:{port}", tuple(dict.fromkeys(name for name in names if name)))


def places(sightings: tuple[Sighting, ...]) -> tuple[Place, ...]:
    """Every address the sightings name, present ones first, each once."""
    found = (_place(s) for s in sorted(sightings, key=lambda s: not s.present))
    return tuple(dict.fromkeys(p for p in found if p))
