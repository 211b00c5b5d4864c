"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from medialab_agent.drivers.prusalink import cooling
from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.heat import all_off, excess, is_safe
from medialab_agent.drivers.prusalink.models import Status
from medialab_agent.drivers.prusalink.state import has_normal_factors, is_at_rest
from medialab_agent.drivers.prusalink.traces import AllowList, count_files, delete_entry, list_files, topmost
from medialab_agent.drivers.prusalink.words import at_the_panel, bad_baseline
from medialab_agent.sdk.patience import POLL_S, until
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson, Refused
from medialab_wire.texts import Text

RESCAN_S = 1.2
"""PrusaLink on a Pi looks at its disk once a second (`DIR_RESCAN_INTERVAL`, 0.8.1): a list may be that old."""
SETTLE_S = 5.0
"""How long a deleted thing may stay listed."""
COOL_PATIENCE_S = 30.0
"""How long a heater nobody can switch off from here may stay on before we say so."""

_ASK_BED = Text(
    de="Bitte das Druckbett leer räumen und fremde Speicherkarten oder USB-Sticks abziehen."
    " Vorsicht: Düse und Bett können noch heiß sein.",
    en="Please clear the print bed and take out foreign memory cards or USB sticks."
    " Careful: nozzle and bed may still be hot.",
)
_STEPS = {
    "end-job": (Text(de="Laufenden Druck abbrechen", en="Cancel the running print"), 240.0),
    "heaters-off": (Text(de="Heizungen ausschalten", en="Switch the heaters off"), 60.0),
    "overrides": (Text(de="Tempo und Materialfluss zurückstellen", en="Put speed and flow back"), 90.0),
    "files": (Text(de="Fremde Druckdateien löschen", en="Delete foreign print files"), 180.0),
    "bed-clear": (Text(de="Druckbett leer räumen", en="Clear the print bed"), None),
    "cool-file": (
        Text(de="Heizungen mit einer kleinen Datei ausschalten", en="Switch heaters off by a small file"),
        120.0,
    ),
    "cool-down": (Text(de="Abkühlen lassen", en="Let it cool down"), 2700.0),
    "home": (Text(de="Druckkopf in die Grundstellung fahren", en="Move the head to its home position"), 180.0),
}
_EASY = ("end-job", "heaters-off", "overrides", "files", "cool-down", "bed-clear", "home")
_BY_FILE = ("end-job", "files", "bed-clear", "cool-file", "cool-down")
"""Printing anything, even a file that only cools, needs a bed somebody has looked at."""


def _step(name: str) -> Step:
    title, deadline = _STEPS[name]
    if name == "bed-clear":
        return Step(name, title, ask=_ASK_BED, check="bed-clear")
    return Step(name, title, deadline_s=deadline)


class Reset:
    """One order to reset, against one printer."""

    def __init__(self, client: Client, order: Order, *, is_buddy: bool) -> None:
        if order.baseline is None:
            raise bad_baseline()
        self._client, self._order, self._is_buddy = client, order, is_buddy
        self.kept = AllowList.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the bed is always part of it, for no sensor sees the bed."""
        status, listing = await self._client.status(), await list_files(self._client)
        wanted = {"bed-clear"}
        if not is_at_rest(status, self._is_buddy):
            wanted |= {"end-job", "cool-down"}  # it may be heating up: what it tells is seconds old
        if not is_safe(status.printer) or all_off(status.printer) is False:
            wanted.add("cool-down")
        if any(not entry.read_only for entry in self.kept.foreign(listing)):
            wanted.add("files")
        if not self._is_buddy:  # its telemetry and its list are seconds old, and all three are harmless
            wanted |= {"heaters-off", "overrides", "files"}
        elif self._wants_file(status):
            wanted.add("cool-file")
        if self._order.params.get("home") is True and not self._is_buddy:
            wanted.add("home")
        order = _BY_FILE if "cool-file" in wanted else _EASY
        return tuple(_step(name) for name in order if name in wanted)

    def _wants_file(self, status: Status) -> bool:
        """A stopped print cools by itself; only a preheat or changed factors need the file."""
        factors = has_normal_factors(status.printer) is False
        return factors or (not status.printer.is_working and cooling.needs_change(status))

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "cool-down":
            return await self._cool_down(say)
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "end-job": self._end_job,
            "heaters-off": self._heaters_off,
            "overrides": self._overrides,
            "files": self._files,
            "cool-file": self._cool_file,
            "home": self._home,
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
        was_off = all_off((await self._client.status()).printer) is not False
        await cooling.heaters_off(self._client)
        await until(self._is_off)
        return Done(changed=not was_off)

    async def _is_off(self) -> bool | None:
        return all_off((await self._client.status()).printer) is not False or None

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
        number -= count_files(foreign)
        return Done(bool(number), Text(de=f"{number} Dateien gelöscht.", en=f"{number} files deleted."))

    async def _cool_file(self) -> Done:
        writable = (await list_files(self._client)).writable
        return Done(await cooling.cool_by_file(self._client, writable[0] if writable else None))

    async def _cool_down(self, say: Say) -> Done:
        worst, hot_since = 0.0, time.monotonic()
        while not is_safe(printer := (await self._client.status()).printer):
            above = excess(printer)
            if above is None:
                break  # it tells no temperature: the check says so
            worst = max(worst, above)
            say(1.0 - above / worst)
            if all_off(printer) is not False:
                hot_since = time.monotonic()
            elif time.monotonic() - hot_since > COOL_PATIENCE_S:
                raise _heater_stays_on()
            await asyncio.sleep(POLL_S * 2)
        return Done(changed=worst > 0)

    async def _home(self) -> Done:
        await self._client.order("/api/printer/printhead", {"command": "home", "axes": ["x", "y", "z"]})
        await self._client.order("/api/printer/printhead", {"command": "disable_steppers"})
        return Done()


def _heater_stays_on() -> NeedsPerson:
    return NeedsPerson(
        "heater-on",
        Text(de="Eine Heizung des Druckers ist noch an.", en="A heater of the printer is still on."),
        Text(de="An der Anzeige des Druckers „Abkühlen“ wählen.", en="Choose “Cooldown” at the printer's display."),
    )
