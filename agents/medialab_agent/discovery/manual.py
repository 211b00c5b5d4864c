"""Addresses that people typed in, for devices that neither a bus nor the network reveals."""

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from medialab_agent.discovery.known import Known
from medialab_agent.discovery.text import filled, short
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

TITLE = Text(de="Von Hand eingetragen", en="Entered by hand")
REMEDY = Text(
    de="So sieht eine Adresse aus: http://192.168.1.20:5000", en="An address looks like this: http://192.168.1.20:5000"
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?|[0-9a-f:.]{2,45}", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,31}")


class ManualSource(Source):
    """Sightings of typed-in addresses. Key: `scheme://host[:port]`. Facts: scheme, address, port (if given)."""

    name = "manual"

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._known = Known(self.name)
        self._see: See | None = None
        self._wanted: dict[str, dict[str, str]] = {}
        self._unusable: tuple[str, ...] = ()
        self.set(addresses)

    def set(self, addresses: Iterable[str]) -> None:
        """From now on exactly these; unusable ones are stated in the fact. Call on the event loop's thread."""
        parsed = [(text, parse_address(text)) for text in addresses]
        self._wanted = {key: facts for _, found in parsed if found for key, facts in (found,)}
        self._unusable = tuple(short(text)[:64] for text, found in parsed if not found)
        if self._see:
            self._tell(self._known.exactly(self._wanted), self._see)

    def fact(self) -> BusFact:
        """Always listening; names the addresses that could not be understood."""
        reason = None
        if self._unusable:
            names = ", ".join(self._unusable[:5])
            reason = Text(de=f"Nicht verstanden: {names}", en=f"Not understood: {names}")
        return BusFact(
            source=self.name,
            status=BusStatus.LISTENING,
            title=TITLE,
            reason=reason,
            remedy=REMEDY if reason else None,
            seen=len(self._wanted),
        )

    async def run(self, see: See) -> None:
        """Report what was typed in so far, then every change, until cancelled."""
        self._see = see
        self._known = Known(self.name)
        self._tell(self._known.exactly(self._wanted), see)
        try:
            await asyncio.Event().wait()
        finally:
            self._see = None

    def _tell(self, sightings: list[Sighting], see: See) -> None:
        for sighting in sightings:
            see(sighting)


def parse_address(text: str) -> tuple[str, dict[str, str]] | None:
    """Key and facts of `scheme://host[:port]` (a path is ignored); None when it is not that."""
    try:
        parts = urlsplit(short(text))
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if not _SCHEME.fullmatch(scheme) or not _HOST.fullmatch(host) or port == 0:
        return None
    shown = f"[{host}]" if ":" in host else host
    key = f"{scheme}://{shown}" + (f":{port}" if port else "")
    return key, filled({"scheme": scheme, "address": host, "port": str(port) if port else ""})
