"""Finds out whether a real OctoPrint answers at an address, and which one."""

import re
from dataclasses import dataclass
from html import unescape

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, starting
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Identified:
    """Who answered. `uuid` is empty when OctoPrint's discovery plugin is switched off."""

    uuid: str
    name: str
    version: str
    model: str


def _other_product(text: str) -> Refused:
    return Refused(
        "not-octoprint",
        Text(
            de="Hier antwortet ein anderes Druckprogramm, das sich nur als OctoPrint ausgibt.",
            en="Another print server answers here that only calls itself OctoPrint.",
        ),
        Text(
            de="Den Drucker mit seiner eigenen Adresse (Moonraker oder PrusaLink) hinzufügen.",
            en="Add the printer under its own address (Moonraker or PrusaLink).",
        ),
        text,
    )


def wrong_place(expected: str, found: str) -> DeviceTrouble:
    """Two printers with one host name: the announced address leads to the other one."""
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
        f"expected {expected[:40]}, found {found[:40]}",
    )


def _tag(xml: str, name: str) -> str:
    # a regular expression reads five flat tags; no XML parser is let loose on hostile input
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    return unescape(found.group(1)).strip()[:200] if found else ""


async def _version(client: Client) -> str:
    answer = await client.raw("GET", "/api/version")
    if answer.status_code in {404, 502, 503}:
        raise starting()
    if answer.status_code != 200:
        return ""  # 403 without a key: says nothing about the product
    text = client.parse(models.Version, answer).text
    if not re.match(r"OctoPrint \d", text):
        raise _other_product(text)
    return text.removeprefix("OctoPrint ")


async def identify(client: Client) -> Identified:
    """Ask who answers. Raises `Refused` for another product, `Unreachable` when nothing sensible answers.

    The announcement alone proves nothing: PrusaLink announces `_octoprint`, and Moonraker imitates `/api/version`
    (`OctoPrint (Moonraker 0.11.0)`). Only OctoPrint itself has `/plugin/appkeys/probe` and the discovery document."""
    version = await _version(client)
    answer = await client.raw("GET", "/plugin/discovery/discovery.xml")
    xml = answer.text[:20_000] if answer.status_code == 200 else ""
    uuid = _tag(xml, "UDN").lower().removeprefix("uuid:")
    if not uuid and not version and (await client.raw("GET", "/plugin/appkeys/probe")).status_code != 204:
        raise _other_product(f"discovery {answer.status_code}")
    return Identified(uuid, _tag(xml, "friendlyName"), version, _tag(xml, "modelName"))
