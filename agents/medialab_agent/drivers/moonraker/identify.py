"""Finds out whether a Moonraker answers at an address, which one, and whether it lets this machine in."""

import re
from dataclasses import dataclass

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.address import bare_uuid
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Identified:
    """Who answered. `uuid` is empty where nothing of it can be read; `version` is empty where we are not let in."""

    uuid: str
    version: str

    @property
    def is_open(self) -> bool:
        """Whether this machine may read."""
        return bool(self.version)


def _other_product(detail: str) -> Refused:
    return Refused(
        "not-moonraker",
        Text(de="Hier antwortet kein Moonraker.", en="No Moonraker answers here."),
        Text(
            de="Die Adresse prüfen; der Port von Moonraker ist meistens 7125.",
            en="Check the address; Moonraker's port is mostly 7125.",
        ),
        detail,
    )


def require_same(expected: str, found: str) -> None:
    """Raises `Unreachable` where both are known and differ: two printers with one host name, the announced address
    leads to the other one."""
    if not expected or not found or expected == found:
        return
    raise Unreachable(
        "other-device",
        Text(de="Unter dieser Adresse antwortet ein anderer Drucker.", en="Another printer answers at this address."),
        Text(
            de="Den Druckern verschiedene Rechnernamen geben.",
            en="Give the printers different host names.",
        ),
        f"expected {expected[:40]}, found {found[:40]}",
    )


async def identify(client: Client, key: str | None, expected: str = "") -> Identified:
    """Ask who answers, as a trusted client; with the key only if that is not enough, and only after what anybody may
    ask: it is a Moonraker, and not one that describes itself with another uuid than the `expected` one.

    Raises `Refused` for another product, `Unreachable` when nothing sensible or another printer answers. The announced
    uuid stands in Moonraker's own database, which everybody who is let in may read and nobody may change from outside;
    who is not let in may read it only where SSDP is switched on."""
    client.key = None
    answer = await client.raw("GET", "/server/info")
    described = ""
    if answer.status_code == 401:
        await _must_be_moonraker(client)
        described = await _described(client)
        require_same(expected, described)
        if key:
            client.key = key
            answer = await client.raw("GET", "/server/info")
    if answer.status_code == 401:
        return Identified(described, "")
    if answer.status_code != 200:
        raise _other_product(f"status {answer.status_code}")
    info = client.parse(models.ServerInfo, answer)
    stored = await client.read_if_any(models.Item, "/server/database/item", namespace="moonraker", key="instance_id")
    uuid = (bare_uuid(str(stored.value)) if stored is not None else "") or described or await _described(client)
    require_same(expected, uuid)
    return Identified(uuid, info.moonraker_version[:80] or "?")


async def _must_be_moonraker(client: Client) -> None:
    answer = await client.raw("GET", "/access/info")
    if answer.status_code != 200:
        raise _other_product(f"access {answer.status_code}")
    client.parse(models.AccessInfo, answer)


async def _described(client: Client) -> str:
    """The uuid of the public description, where SSDP is switched on (`enable_ssdp`)."""
    answer = await client.raw("GET", "/server/zeroconf/ssdp")
    # a regular expression reads one flat tag; no XML parser is let loose on hostile input
    found = re.search(r"<UDN>([^<]{1,80})</UDN>", answer.text[:20_000]) if answer.status_code == 200 else None
    return bare_uuid(found.group(1)) if found else ""
