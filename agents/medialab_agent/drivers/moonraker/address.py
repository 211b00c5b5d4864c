"""Where sightings say a Moonraker can be reached, the key they share, and the API key written for an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medialab_wire.sightings import Sighting

DEFAULT_PORT = 7125
"""https://moonraker.readthedocs.io/en/latest/configuration/#server"""
SERVICE = "_moonraker._tcp"
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.%a-z]{2,60}")


@dataclass(frozen=True)
class Place:
    """One possible address. `uuid` is what was announced for it, if anything."""

    host: str
    base: str
    uuid: str = ""


def _clean(value: str, joint: str = "-") -> str:
    return re.sub(r"[^a-z0-9]+", joint, value.lower()).strip(joint)


def local_key(sighting: Sighting) -> str | None:
    """By announced uuid, else by address; None for what cannot be a Moonraker."""
    facts = sighting.facts
    if sighting.source == "mdns" and facts.get("type", "").lower() != SERVICE:
        return None
    if sighting.source == "manual" and facts.get("scheme") != "moonraker":
        return None
    rest = _clean(facts.get("txt.uuid", "")) or _clean(f"{facts.get('address', '')}-{facts.get('port', '')}")
    return f"moonraker-{rest}"[:63].rstrip("-") if rest else None


def _place(sighting: Sighting) -> Place | None:
    facts = sighting.facts
    host, port = facts.get("address", "").strip(), facts.get("port") or str(DEFAULT_PORT)
    if not _HOST.fullmatch(host) or not re.fullmatch(r"\d{1,5}", port):
        return None
    prefix = facts.get("txt.route_prefix", "").strip("/")
    prefix = f"/{prefix}" if re.fullmatch(r"[A-Za-z0-9._~/-]{1,100}", prefix) and ".." not in prefix else ""
    shown = f"[{host}]" if ":" in host else host
    return Place(host, f"http://{shown}:{port}{prefix}", bare_uuid(facts.get("txt.uuid", "")))


def bare_uuid(text: str) -> str:
    """32 digits without hyphens, as Moonraker stores it; empty when it is none."""
    digits = text.strip().lower().removeprefix("uuid:").replace("-", "")
    return digits if re.fullmatch(r"[0-9a-f]{32}", digits) else ""


def places(sightings: tuple[Sighting, ...]) -> tuple[Place, ...]:
    """Every address the sightings name, present ones first, each once."""
    found = (_place(s) for s in sorted(sightings, key=lambda s: not s.present))
    return tuple(dict.fromkeys(p for p in found if p))


def key_for(host: str, settings: Mapping[str, str]) -> str | None:
    """The API key written for this address; it is never sent to another one.

    `MEDIALAB_DRIVER_MOONRAKER_KEY_192_0_2_7` holds the key for 192.0.2.7."""
    return usable(settings.get(f"key_{_clean(host, '_')}", ""))


def usable(key: str) -> str | None:
    """The key, if it can go into a header; the manifest's `pattern` says the same to whom enters one."""
    bare = key.strip()
    return bare if re.fullmatch(r"[\x21-\x7e]{8,200}", bare) else None
