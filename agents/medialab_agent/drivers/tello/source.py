"""Sightings of the drone whose Wi-Fi this machine has joined; says nothing on any other network."""

import asyncio
import contextlib
import ipaddress
import logging
import re
from collections.abc import Mapping
from pathlib import Path

import ifaddr

from medialab_agent.drivers.tello.address import SOURCE as NAME
from medialab_agent.drivers.tello.address import Address, parse, usual
from medialab_agent.drivers.tello.drone import STATE_PORT, Drone
from medialab_agent.drivers.tello.queries import Query
from medialab_agent.sdk.source import See, Source
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

log = logging.getLogger(__name__)
NETWORK = ipaddress.IPv4Network("192.168.10.0/24")
"""The network every Tello makes (SDK 2.0, “Architecture”)."""
EVERY_S = 20.0
"""Seconds between two questions. Longer than 15: a drone somebody flies with a program that broke off must still hear
nothing for 15 s, for then it lands by itself."""
ANSWER_S = 1.5
MISSES = 2
"""Rounds without an answer after which a drone counts as gone."""
ARP = Path("/proc/net/arp")
"""proc(5): radio addresses of neighbours."""
_TITLE = Text(de="Tello-Drohnen (eigenes WLAN)", en="Tello drones (Wi-Fi of their own)")
_NOT_JOINED = Text(
    de="Dieser Computer ist nicht im WLAN einer Drohne (TELLO-…).",
    en="This computer is not in a drone's Wi-Fi (TELLO-…).",
)
_JOIN = Text(
    de="Drohne einschalten und den Computer mit ihrem WLAN verbinden, solange sie auf dem Tisch liegt.",
    en="Switch the drone on and connect the computer to its Wi-Fi while it lies on the table.",
)


class TelloSource(Source):
    """Settings: `drones` (addresses by commas, asked instead of the usual one), `every_s`, `answer_s`."""

    name = NAME

    def __init__(self, settings: Mapping[str, str]) -> None:
        told = (parse(text) for text in settings.get("drones", "").split(",") if text.strip())
        self._told = tuple(address for address in told if address)
        self._every_s = float(settings.get("every_s", EVERY_S))
        self._answer_s = float(settings.get("answer_s", ANSWER_S))
        self._known: dict[Address, Sighting] = {}
        self._misses: dict[Address, int] = {}
        self._is_joined = False

    def fact(self) -> BusFact:
        """Whether this machine is where a drone could be."""
        return BusFact(
            source=self.name,
            status=BusStatus.LISTENING if self._is_joined else BusStatus.ABSENT,
            title=_TITLE,
            reason=None if self._is_joined else _NOT_JOINED,
            remedy=None if self._is_joined else _JOIN,
            seen=len(self._known),
        )

    async def run(self, see: See) -> None:
        """Ask now and then who is there, until cancelled."""
        while True:
            places = self._told or ((usual(),) if is_in(own_addresses()) else ())
            self._is_joined = bool(places)
            await asyncio.gather(*(self._look(place, see) for place in places))
            for place in [place for place in self._known if place not in places]:
                self._lost(place, see)
            await asyncio.sleep(self._every_s)

    async def _look(self, place: Address, see: See) -> None:
        sighting = await self._found(place)
        if sighting is None:
            self._misses[place] = self._misses.get(place, 0) + 1
            if self._misses[place] >= MISSES:
                self._lost(place, see)
            return
        self._misses[place] = 0
        before = self._known.get(place)
        if before is not None and before.key != sighting.key:
            self._lost(place, see)
        if before != sighting:
            self._known[place] = sighting
            see(sighting)

    async def _found(self, place: Address) -> Sighting | None:
        """Old firmware knows no serial number; then its radio address tells who it is."""
        drone = Drone(*place, STATE_PORT, self._answer_s)
        try:
            if place not in self._known:
                await drone.enter()
            serial = await drone.ask(Query.SERIAL)
        except Unreachable as error:
            log.debug("tello: %s", error)
            return None
        told = {"serial": serial or "", "mac": await asyncio.to_thread(radio_address, place[0])}
        facts = {"address": place[0], "port": str(place[1])} | {key: value for key, value in told.items() if value}
        return Sighting(source=self.name, key=serial or told["mac"] or f"{place[0]}:{place[1]}", facts=facts)

    def _lost(self, place: Address, see: See) -> None:
        known = self._known.pop(place, None)
        if known is not None:
            see(known.model_copy(update={"present": False}))


def own_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses."""
    return tuple(str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)


def is_in(addresses: tuple[str, ...]) -> bool:
    """Whether one of them is in a Tello's network, and is not the drone's own: then this would be somebody's router."""
    return any(ipaddress.IPv4Address(one) in NETWORK and one != usual()[0] for one in addresses)


def radio_address(host: str, table: Path = ARP) -> str:
    """The MAC address of a neighbour, lower case; empty when the system does not know it."""
    with contextlib.suppress(OSError):
        for line in table.read_text(encoding="ascii", errors="replace").splitlines()[1:]:
            parts = line.split()
            if len(parts) > 3 and parts[0] == host and re.fullmatch(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", parts[3]):
                return "" if set(parts[3]) <= {"0", ":"} else parts[3].lower()
    return ""


SOURCE = TelloSource
