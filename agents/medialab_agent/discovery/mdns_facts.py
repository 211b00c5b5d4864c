"""From an announced network service to the facts of a sighting; pure."""

import re
from collections.abc import Iterable, Mapping

from medialab_agent.discovery.text import fact_key, filled, short
from medialab_wire.capabilities import DriverManifest

META_TYPE = "_services._dns-sd._udp.local."
"""Asks for every service type on the link (RFC 6763, section 9)."""

OWN_TYPE = "_medialab._tcp"
"""The hub's own announcement is no device."""

USUAL_TYPES = (
    "_octoprint._tcp", "_moonraker._tcp", "_prusalink._tcp", "_http._tcp", "_printer._tcp", "_ipp._tcp",
    "_adb-tls-connect._tcp",
)  # fmt: skip
"""Asked for from the first second; all others follow from the meta query."""

MOST_TXT = 32
"""TXT entries taken from one service."""

_TYPE = re.compile(r"(_[a-z0-9][a-z0-9-]{0,61}\._(?:tcp|udp))(?:\.local\.?)?", re.IGNORECASE)


def service_type(text: str) -> str | None:
    """`_http._tcp` from `_HTTP._tcp.local.` or `_http._tcp`; None for anything else and for our own type."""
    match = _TYPE.fullmatch(text)
    found = match.group(1).lower() if match else None
    return None if found == OWN_TYPE else found


def types_of(manifests: Iterable[DriverManifest]) -> tuple[str, ...]:
    """The service types that drivers match on, without patterns."""
    wanted = (m.where.get("type", "") for manifest in manifests for m in manifest.matchers if m.source == "mdns")
    return tuple(sorted({found for found in map(service_type, wanted) if found}))


def facts_of(
    name: str,
    kind: str,
    host: str | None,
    addresses: Iterable[str],
    port: int | None,
    txt: Mapping[bytes, bytes | None],
) -> dict[str, str]:
    """Facts of one resolved service. `name` is its full name, `kind` its type without domain."""
    facts = {
        "type": kind,
        "name": short(instance_of(name, kind)),
        "host": short((host or "").rstrip(".")).lower(),
        "address": best_address(addresses),
        "port": str(port) if port else "",
    }
    for key, value in sorted(txt.items())[:MOST_TXT]:
        if fact_key(key):
            facts[f"txt.{fact_key(key)}"] = short(value)
    return filled(facts)


def instance_of(name: str, kind: str) -> str:
    """`Prusa MK4` from `Prusa MK4._http._tcp.local.`"""
    end = name.lower().rfind(f".{kind}.")
    return name[:end] if end >= 0 else name


def best_address(addresses: Iterable[str]) -> str:
    """IPv4 before IPv6, routable before link-local and loopback; stable when the order changes."""
    return min(map(short, addresses), key=_rank, default="")


def _rank(address: str) -> tuple[bool, bool, str]:
    local = address.lower().startswith(("169.254.", "fe80", "127.", "::1"))
    return ":" in address, local, address
