"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from medialab_agent.drivers.prusalink import cooling
from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.models import Status
from medialab_agent.drivers.prusalink.state import has_normal_factors, is_at_rest
from medialab_agent.drivers.prusalink.traces import AllowList, count_files, delete_entry, list_files, topmost
from medialab_agent.drivers.prusalink.words import at_the_panel
from medialab_agent.sdk import printer as printing
from medialab_agent.sdk.heat import Heaters, cool_down
from medialab_agent.sdk.patience import POLL_S, until
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

RESCAN_S = 1.2
"""PrusaLink on a Pi looks at its disk once a second (`DIR_RESCAN_INTERVAL`, 0.8.1): a list may be that old."""
SETTLE_S = 5.0
"""How long a deleted thing may stay listed."""
_ASK_BED = Text(
    de="Bitte das Druckbett leer räumen und fremde Speicherkarten oder USB-Sticks abziehen."
    " Vorsicht: Düse und Bett können noch heiß sein.",
    en="Please clear the print bed and take out foreign memory cards or USB sticks."
    " Careful: nozzle and bed may still be hot.",
)
_EACH = {
    "end-job": (printing.END_JOB, 240.0),
    "heaters-off": (printing.HEATERS_OFF, 60.0),
    "overrides": (Text(de="Tempo und Materialfluss zurückstellen", en="Put speed and flow back"), 90.0),
    "files": (printing.FILES, 180.0),
    "cool-down": (printing.COOL_DOWN, printing.COOL_DOWN_S),
    "bed-clear": (printing.CLEAR_BED, None),
    "cool-file": (
        Text(de="Heizungen mit einer kleinen Datei ausschalten", en="Switch heaters off by a small file"),
        120.0,
    ),
}
_BY_FILE = ("end-job", "files", "bed-clear", "cool-file", "cool-down")
"""Printing anything, even a file that only cools, needs a bed somebody has looked at."""
_STEPS = printing.Steps(_EACH, _ASK_BED)
_STEPS_BY_FILE = printing.Steps({name: _EACH[name] for name in _BY_FILE}, _ASK_BED)
_HEATER_HELP = Text(
    de="An der Anzeige des Druckers „Abkühlen“ wählen.", en="Choose “Cooldown” at the printer's display."
)


class Reset:
    """One order to reset, against one printer."""

    def __init__(self, client: Client, order: Order, *, is_buddy: bool) -> None:
        if order.baseline is None:
            raise printing.no_baseline()
        self._client, self._is_buddy = client, is_buddy
        self.kept = AllowList.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the bed is always part of it, for no sensor sees the bed."""
        status, listing = await self._client.status(), await list_files(self._client)
        wanted = {printing.BED_CLEAR}
        if not is_at_rest(status, self._is_buddy):
            wanted |= {"end-job", "cool-down"}  # it may be heating up: what it tells is seconds old
        heat = status.printer.heat
        if not heat.are_safe or heat.are_off is False:
            wanted.add("cool-down")
        if any(not entry.read_only for entry in self.kept.foreign(listing)):
            wanted.add("files")
        if not self._is_buddy:  # its telemetry and its list are seconds old, and all three are harmless
            wanted |= {"heaters-off", "overrides", "files"}
        elif self._wants_file(status):
            wanted.add("cool-file")
        return (_STEPS_BY_FILE if "cool-file" in wanted else _STEPS).of(wanted)

    def _wants_file(self, status: Status) -> bool:
        """A stopped print cools by itself; only a preheat or changed factors need the file."""
        factors = has_normal_factors(status.printer) is False
        return factors or (not status.printer.is_working and cooling.needs_change(status))

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "cool-down":
            return await cool_down(self._heat, say, pause_s=POLL_S * 2, help_on=_HEATER_HELP)
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "end-job": self._end_job,
            "heaters-off": self._heaters_off,
            "overrides": self._overrides,
            "files": self._files,
            "cool-file": self._cool_file,
        }
        return await actions[step.id]() if step.id in actions else Done(changed=False)

    async def _end_job(self) -> Done:
        changed, waiting_since = False, time.monotonic()
        while not is_at_rest(status := await self._client.status(), self._is_buddy):
            printer, job = status.printer, status.job
            if printer.is_working and job is not None and job.id is not None:
                with suppress(Refused):  # it ended by itself, is being stopped, or asks something at its display
                    await self._client.call("DELETE", f"/api/v1/job/{job.id}", (204, 404))
                    changed = True
            if printer.state not in {"ATTENTION", "ERROR"}:
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since > cooling.PATIENCE_S:
                raise at_the_panel(printer.state)
            await asyncio.sleep(POLL_S)
        return Done(changed)

    async def _heaters_off(self) -> Done:
        was_off = (await self._heat()).are_off is not False
        await cooling.heaters_off(self._client)
        await until(self._is_off)
        return Done(changed=not was_off)

    async def _is_off(self) -> bool | None:
        return (await self._heat()).are_off is not False or None

    async def _overrides(self) -> Done:
        were_normal = has_normal_factors((await self._client.status()).printer) is not False
        await cooling.normal_factors(self._client)
        await until(self._are_normal)
        return Done(changed=not were_normal)

    async def _are_normal(self) -> bool | None:
        return has_normal_factors((await self._client.status()).printer) is not False or None

    async def _files(self) -> Done:
        begun, number = time.monotonic(), 0
        while True:
            foreign = [e for e in self.kept.foreign(await list_files(self._client)) if not e.read_only]
            number = max(number, count_files(foreign))
            since = time.monotonic() - begun
            if not foreign and (self._is_buddy or since > RESCAN_S):
                break
            answers = [await delete_entry(self._client, entry) for entry in topmost(foreign)]
            if since > SETTLE_S and (all(answers) or not any(answers)):
                break  # what is left, is left for good: the check says so
            await asyncio.sleep(POLL_S)
        return printing.deleted(number - count_files(foreign))

    async def _cool_file(self) -> Done:
        writable = (await list_files(self._client)).writable
        return Done(await cooling.cool_by_file(self._client, writable[0] if writable else None))

    async def _heat(self) -> Heaters:
        return (await self._client.status()).printer.heat
