"""Devices that announce themselves on the network by mDNS and DNS-SD (RFC 6762, RFC 6763)."""

import asyncio
import logging
from collections.abc import Iterable

from medialab_agent.discovery import mdns_texts
from medialab_agent.discovery.addresses import is_only_here, local_addresses
from medialab_agent.discovery.known import Known
from medialab_agent.discovery.mdns_browser import MdnsBrowser
from medialab_agent.discovery.mdns_facts import USUAL_TYPES, service_type
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, BusStatus, Sighting

log = logging.getLogger(__name__)


class MdnsSource(Source):
    """Sightings of announced services. Key: full service name. Facts: type, name, host, address, port, txt.<key>.

    `types`: asked for at once besides the usual ones; others are discovered. `interfaces`: names to search on; empty
    means all but container bridges. Starts over when addresses change, looked at every `check_s` seconds; what has not
    answered `grace_s` seconds after that is reported gone."""

    name = "mdns"

    def __init__(
        self, types: Iterable[str] = (), interfaces: Iterable[str] = (), check_s: float = 5.0, grace_s: float = 15.0
    ) -> None:
        self._types = tuple(dict.fromkeys(t for t in map(service_type, (*types, *USUAL_TYPES)) if t))
        self._interfaces = tuple(interfaces)
        self._check_s, self._grace_s = check_s, grace_s
        self._known = Known(self.name)
        self._unconfirmed: set[str] = set()
        self._status, self._detail, self._only_here = BusStatus.STARTING, "", False

    def fact(self) -> BusFact:
        """Listening, absent (no network), or failed with the system's own message."""
        return mdns_texts.fact(self._status, self._only_here, self._detail, len(self._known))

    async def run(self, see: See) -> None:
        """Search until cancelled; without a network, wait for one."""
        while True:
            addresses = await asyncio.to_thread(local_addresses, self._interfaces)
            try:
                if addresses:
                    await self._search(addresses, see)
                    continue
                self._state(BusStatus.ABSENT)
            except ImportError as error:
                self._state(BusStatus.ABSENT, str(error))
            except OSError as error:
                self._state(BusStatus.DENIED if isinstance(error, PermissionError) else BusStatus.FAILED, str(error))
            self._tell(self._known.exactly({}), see)
            await asyncio.sleep(self._check_s)

    async def _search(self, addresses: tuple[str, ...], see: See) -> None:
        """Until the addresses change."""
        browser = MdnsBrowser(
            addresses,
            seen=lambda name, facts: self._seen(name, facts, see),
            gone=lambda name: self._tell(self._known.lost(name), see),
        )
        try:
            self._unconfirmed = set(self._known.keys())
            await browser.start(self._types)
            self._only_here = is_only_here(addresses)
            self._state(BusStatus.LISTENING)
            forget_at = asyncio.get_running_loop().time() + self._grace_s
            while await asyncio.to_thread(local_addresses, self._interfaces) == addresses:
                await asyncio.sleep(self._check_s)
                if asyncio.get_running_loop().time() >= forget_at:
                    self._forget(see)
        finally:
            await browser.close()

    def _seen(self, name: str, facts: dict[str, str], see: See) -> None:
        sightings = self._known.saw(name, facts)
        self._unconfirmed -= {name, *(sighting.key for sighting in sightings)}
        self._tell(sightings, see)

    def _forget(self, see: See) -> None:
        """After a change of network: whatever is not here any more."""
        unconfirmed, self._unconfirmed = self._unconfirmed, set()
        for key in sorted(unconfirmed):
            self._tell(self._known.lost(key), see)

    def _tell(self, sightings: list[Sighting], see: See) -> None:
        for sighting in sightings:
            see(sighting)

    def _state(self, status: BusStatus, detail: str = "") -> None:
        if (status, detail) != (self._status, self._detail):
            log.info("mDNS: %s %s", status.value, detail)
        self._status, self._detail = status, detail
