"""The whole fleet as one answer: compressed once per state, off the event loop, and the tag that names the state."""

import asyncio
import gzip

from medialab_hub.services.fleet import FleetEvent, FleetIndex


class Snapshots:
    """Volatile values change the fleet without a new sequence number, so the tag counts news, too."""

    def __init__(self, fleet: FleetIndex) -> None:
        self._fleet = fleet
        self._packed: asyncio.Task[bytes] | None = None
        self._news = 0
        fleet.listeners.append(self._changed)

    def tag(self) -> str:
        """The entity tag of everything that follows from the fleet (weak, RFC 9110 §8.8.3)."""
        return f'W/"{self._fleet.seq}.{self._news}"'

    async def packed(self) -> bytes:
        """The snapshot, compressed; all who ask for the same state share the work."""
        if self._packed is None:
            self._packed = asyncio.create_task(asyncio.to_thread(_compress, self._fleet.snapshot()))
        return await asyncio.shield(self._packed)

    def _changed(self, _event: FleetEvent) -> None:
        self._news += 1
        self._packed = None


def _compress(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=4, mtime=0)
