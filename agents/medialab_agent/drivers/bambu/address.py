"""Where sightings say a Bambu printer can be reached, and the key they share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medialab_wire.sightings import Sighting

SOURCE = "bambu"
MQTT_PORT, FTPS_PORT = 8883, 990
"""https://github.com/Doridian/OpenBambuAPI (mqtt.md, ftp.md)."""
SERIAL = r"[0-9A-Z]{8,24}"


@dataclass(frozen=True)
class Place:
    """One printer's address. `serial` is empty for an address somebody typed in."""

    host: str
    mqtt_port: int
    ftps_port: int
    serial: str = ""

    @property
    def url(self) -> str:
        """Where its MQTT broker is."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtts://{host}:{self.mqtt_port}"


def local_key(sighting: Sighting) -> str | None:
    """By serial number, else by address; None for what is no Bambu printer."""
    facts = sighting.facts
    if sighting.source == SOURCE and re.fullmatch(SERIAL, facts.get("serial", "")):
        return f"bambu-{facts['serial'].lower()}"
    if sighting.source == "manual" and facts.get("scheme") == "bambu" and facts.get("address"):
        return f"bambu-{re.sub(r'[^a-z0-9]+', '-', facts['address'].lower()).strip('-')}"[:63].rstrip("-")
    return None


def places(sightings: tuple[Sighting, ...], settings: Mapping[str, str]) -> tuple[Place, ...]:
    """Every address the sightings name, present ones first, each once."""
    found = (_place(s, settings) for s in sorted(sightings, key=lambda s: not s.present))
    return tuple(dict.fromkeys(place for place in found if place))


def _place(sighting: Sighting, settings: Mapping[str, str]) -> Place | None:
    address, serial = sighting.facts.get("address", ""), sighting.facts.get("serial", "")
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.%a-z]+", address):
        return None
    serial = serial if re.fullmatch(SERIAL, serial) else ""
    return Place(address, _port(settings, "mqtt_port", MQTT_PORT), _port(settings, "ftps_port", FTPS_PORT), serial)


def _port(settings: Mapping[str, str], name: str, usual: int) -> int:
    told = settings.get(name, "")
    return int(told) if re.fullmatch(r"\d{1,5}", told) else usual


def access_code(settings: Mapping[str, str], access: Mapping[str, str], serial: str) -> str:
    """Entered for this printer, else of the settings `code_<serial>`, else `code` for all; empty when there is none."""
    return access.get("code") or settings.get(f"code_{serial.lower()}") or settings.get("code") or ""
