"""Runs the checks on what changed, and on everything now and then."""

import asyncio
import logging
from functools import partial

from medialab_hub.checks.finding import Finding
from medialab_hub.services import issues
from medialab_hub.services.fleet import FleetEvent, FleetIndex
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PAUSE_S = 1.0
"""Changes of that long are looked at together."""
PERIOD_S = 30.0
SLICE = 500
"""Devices looked at before others may use the event loop."""


class Checker:
    """Lives on the event loop. The database is written only when something differs from the last time."""

    def __init__(self, writer: Writer, reading: Reading, fleet: FleetIndex) -> None:
        self._writer, self._reading, self._fleet = writer, reading, fleet
        self._found: dict[str, list[Finding]] = {}
        self._kept: dict[issues.Key, Finding] | None = None
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        fleet.listeners.append(self._hear)

    def _hear(self, event: FleetEvent) -> None:
        if event.name in ("device", "device_gone"):
            self._changed.add(event.subject)
        elif event.name not in ("agent", "support_case"):
            return
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        everything = True
        while True:
            try:
                await self.recheck(everything=everything)
            except Exception:
                log.exception("the checks could not be run")
                self._kept = None
            await asyncio.sleep(PAUSE_S)
            everything = not await self._is_woken()

    async def _is_woken(self) -> bool:
        try:
            async with asyncio.timeout(PERIOD_S):  # wait_for of Python 3.11 can lose a cancellation
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def recheck(self, *, everything: bool = True) -> None:
        """Look at what changed, or at everything, and keep what is found."""
        self._wake.clear()
        changed, self._changed = self._changed, set()
        rivals = await asyncio.to_thread(self._reading, issues.open_rivals)
        wanted = list({*changed, *self._found, *self._fleet.ids()} if everything else changed)
        for start in range(0, len(wanted), SLICE):
            for device in wanted[start : start + SLICE]:
                self._note(device, issues.of_device(self._fleet, device, rivals))
            await asyncio.sleep(0)
        found = {(f.check, f.subject): f for part in self._found.values() for f in part}
        found.update({(f.check, f.subject): f for f in issues.of_agents(self._fleet)})
        found.update({(f.check, f.subject): f for f in await asyncio.to_thread(self._reading, issues.of_the_rest)})
        if found != self._kept:
            await self._writer.run(partial(issues.keep, found=found))
            self._kept = found

    def _note(self, device: str, found: list[Finding]) -> None:
        if found:
            self._found[device] = found
        else:
            self._found.pop(device, None)
