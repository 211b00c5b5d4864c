"""Sightings of printers that call themselves out on UDP 2021."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Mapping

from medialab_agent.drivers.bambu.address import SOURCE as NAME
from medialab_agent.drivers.bambu.notify import GROUP, PORT, parse
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

log = logging.getLogger(__name__)
EXPIRE_S = 60.0
"""Seconds after its last call until a printer counts as gone; printers call every 5 to 10 s."""
MOST = 200
"""Printers that are remembered; whoever calls more names than that is no room of printers."""
RETRY_S = 10.0
_TITLE = Text(de="Bambu-Drucker (UDP 2021)", en="Bambu printers (UDP 2021)")


class BambuSource(Source):
    """Settings: `udp_port` (default 2021), `expire_s`.

    The address is the one a call came from, never the one it names: nobody can direct us somewhere else by a call."""

    name = NAME

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._port = int(settings.get("udp_port", str(PORT)))
        self._expire_s = float(settings.get("expire_s", str(EXPIRE_S)))
        self._known: dict[str, Sighting] = {}
        self._heard: dict[str, float] = {}
        self._status = BusStatus.STARTING
        self._reason: Text | None = None

    def fact(self) -> BusFact:
        """Whether it listens."""
        listens = self._status is BusStatus.LISTENING
        reason = None if listens else self._reason
        return BusFact(source=self.name, status=self._status, title=_TITLE, reason=reason, seen=len(self._known))

    async def run(self, see: See) -> None:
        """Listen until cancelled; a taken port is tried again."""
        while True:
            try:
                await self._listen(see)
            except OSError as error:
                log.info("bambu: %s", error)
                self._status = BusStatus.FAILED
                self._reason = Text(
                    de=f"Ein anderes Programm belegt den Anschluss UDP {self._port}.",
                    en=f"Another program holds UDP port {self._port}.",
                )
            await asyncio.sleep(RETRY_S)

    async def _listen(self, see: See) -> None:
        loop = asyncio.get_running_loop()
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # beside a running Bambu Studio
        try:
            made.bind(("", self._port))
        except OSError:
            made.close()
            raise
        with contextlib.suppress(OSError):  # a machine without a route for multicast hears broadcasts all the same
            group = socket.inet_aton(GROUP) + socket.inet_aton("0.0.0.0")  # noqa: S104 - every interface
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(self, see), sock=made)
        self._status = BusStatus.LISTENING
        try:
            while True:
                await asyncio.sleep(min(1.0, self._expire_s / 4))
                self._expire(see)
        finally:
            transport.close()

    def heard(self, datagram: bytes, address: str, see: See) -> None:
        """One call; only news are handed on."""
        facts = parse(datagram)
        if facts is None or (facts["serial"] not in self._known and len(self._known) >= MOST):
            return
        serial = facts["serial"]
        self._heard[serial] = time.monotonic()
        sighting = Sighting(source=self.name, key=serial, facts={**facts, "address": address})
        if self._known.get(serial) != sighting:
            self._known[serial] = sighting
            see(sighting)

    def _expire(self, see: See) -> None:
        now = time.monotonic()
        for serial in [s for s, at in self._heard.items() if now - at > self._expire_s]:
            del self._heard[serial]
            see(self._known.pop(serial).model_copy(update={"present": False}))


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, source: BambuSource, see: See) -> None:
        self._source, self._see = source, see

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._source.heard(data, addr[0], self._see)


SOURCE = BambuSource
