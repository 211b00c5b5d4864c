"""Finds out whether a real PrusaLink answers at an address, and which printer it is."""

import re
from dataclasses import dataclass

from medialab_agent.drivers.prusalink import models
from medialab_agent.drivers.prusalink.challenge import challenge_of
from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Identified:
    """Who answered. `is_buddy`: the printer's own firmware, which can neither heat nor move on request."""

    serial: str
    name: str
    model: str
    version: str
    firmware: str
    nozzle_mm: float | None
    is_buddy: bool


def other_product() -> Refused:
    """Something else answers at this address."""
    return Refused(
        "not-prusalink",
        Text(de="Unter dieser Adresse antwortet kein PrusaLink.", en="No PrusaLink answers at this address."),
        Text(
            de="Die Adresse prüfen; sie steht am Drucker unter „Netzwerk“.",
            en="Check the address; the printer shows it under “Network”.",
        ),
    )


def wrong_place() -> Unreachable:
    """Another printer answers where this one was before, or two printers share one host name."""
    return Unreachable(
        "other-device",
        Text(
            de="Unter dieser Adresse antwortet ein anderer Drucker.",
            en="Another printer answers at this address.",
        ),
        Text(
            de="Den Druckern verschiedene Rechnernamen geben.",
            en="Give the printers different host names.",
        ),
    )


async def is_prusalink(client: Client) -> bool:
    """Whether it asks for a password as PrusaLink does; asked without one, so no secret goes to a stranger.

    Realms: `Administrator` on a Pi (web/lib/auth.py, 0.8.1), `Printer API` on Buddy firmware."""
    answer = await client.raw("GET", "/api/version")
    challenge = challenge_of(answer.asks)
    if answer.status_code in {502, 503}:
        return True  # it is starting; the next request says so
    return answer.status_code == 401 and challenge.get("realm") in {"Administrator", "Printer API"}


async def identify(client: Client) -> Identified:
    """Ask who answers. Raises `NeedsPerson` for a wrong password, `Refused` for another product."""
    version = await client.read(models.Version, "/api/version")
    found = re.fullmatch(r"PrusaLink(?: (\d[\w.+-]*))?", version.text.strip())
    if found is None:
        raise other_product()
    info = await client.read(models.Info, "/api/v1/info")
    on_pi = found.group(1)
    return Identified(
        serial=(info.serial or "").strip(),
        name=(info.name or info.hostname or "").strip(),
        model=version.original.removeprefix("PrusaLink").strip(),
        version=on_pi or version.server,
        firmware=version.firmware or ("" if on_pi else version.server),
        nozzle_mm=info.nozzle_diameter or None,
        is_buddy=on_pi is None,
    )
