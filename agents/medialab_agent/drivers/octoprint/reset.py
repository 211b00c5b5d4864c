"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, Conflict
from medialab_agent.drivers.octoprint.heat import heaters
from medialab_agent.drivers.octoprint.profiles import ProfileState, differences, read_profiles, restore_profiles
from medialab_agent.drivers.octoprint.traces import (
    AllowList,
    count_files,
    delete_entry,
    delete_timelapses,
    list_files,
    list_timelapses,
)
from medialab_agent.sdk import printer as printing
from medialab_agent.sdk.heat import Heaters, cool_down
from medialab_agent.sdk.patience import POLL_S, until
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.texts import Text

SETTLE_S = 5.0
"""How long a deleted thing may stay listed; then the step ends and the check will say so."""

_STEPS = printing.Steps(
    {
        "connect": (Text(de="Verbindung zum Drucker herstellen", en="Connect to the printer"), 60.0),
        "end-job": (printing.END_JOB, 180.0),
        "heaters-off": (printing.HEATERS_OFF, 60.0),
        "overrides": (
            Text(de="Tempo, Materialfluss und Lüfter zurückstellen", en="Put speed, flow and fan back"),
            30.0,
        ),
        "deselect": (printing.DESELECT, 30.0),
        "files": (printing.FILES, 180.0),
        "timelapses": (printing.TIMELAPSES, 600.0),
        "profile": (Text(de="Druckerprofile zurückstellen", en="Restore the printer profiles"), 90.0),
        "cool-down": (printing.COOL_DOWN, printing.COOL_DOWN_S),
        "bed-clear": (printing.CLEAR_BED, None),
    },
    ask=Text(
        de="Bitte das Druckbett leer räumen und Speicherkarte oder USB-Stick abziehen.",
        en="Please clear the print bed and take out any memory card or USB stick.",
    ),
)


class Reset:
    """One order to reset, against one OctoPrint."""

    def __init__(self, client: Client, order: Order) -> None:
        if order.baseline is None:
            raise printing.no_baseline()
        self._client = client
        self.kept = AllowList.from_baseline(order.baseline)
        self.profiles = ProfileState.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the bed is always part of it, for no sensor sees the bed."""
        return _STEPS.of([*await self._machine(), *await self._stored(), printing.BED_CLEAR])

    async def _machine(self) -> list[str]:
        printer = await self._client.printer()
        # OctoPrint reads no factors (its issue 4013), and its targets are as old as its last poll of the printer.
        names = ["heaters-off", "overrides"]
        if printer is None:
            return [*names, "connect", "cool-down"]
        if not printer.state.flags.is_idle:
            names.append("end-job")
        if not heaters(printer).are_safe:
            names.append("cool-down")
        job = await self._client.read(models.Job, "/api/job")
        return [*names, "deselect"] if job.job.file.path else names

    async def _stored(self) -> list[str]:
        names = []
        if self.kept.foreign(await list_files(self._client)):
            names.append("files")
        found = await list_timelapses(self._client)
        if found.files or found.unrendered:
            names.append("timelapses")
        if differences(self.profiles, await read_profiles(self._client)):
            names.append("profile")
        return names

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "cool-down":
            return await cool_down(self._heat, say)
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "connect": self._connect,
            "end-job": self._end_job,
            "heaters-off": self._heaters_off,
            "overrides": self._overrides,
            "deselect": self._deselect,
            "files": self._files,
            "timelapses": self._timelapses,
            "profile": self._profile,
        }
        return await actions[step.id]() if step.id in actions else Done(changed=False)

    async def _printer(self) -> models.Printer:
        return await until(self._client.printer)

    async def _connect(self) -> Done:
        if await self._client.printer() is not None:
            return Done(changed=False)
        await self._client.order("/api/connection", command="connect")
        await self._printer()
        return Done()

    async def _end_job(self) -> Done:
        changed = False
        while not (flags := (await self._printer()).state.flags).is_idle:
            if flags.has_job and not flags.cancelling:
                with suppress(Conflict):  # it ended by itself, or is being cancelled already
                    await self._client.order("/api/job", command="cancel")
                    changed = True
            await asyncio.sleep(POLL_S)
        return Done(changed)

    async def _heaters_off(self) -> Done:
        printer = await self._printer()
        was_off = heaters(printer).are_off is True
        await cool(self._client, printer)
        await until(self._is_off)
        return Done(changed=not was_off)

    async def _is_off(self) -> bool | None:
        return (await self._heat()).are_off or None

    async def _overrides(self) -> Done:
        # RepRap G-code: M220 speed factor, M221 flow factor, M107 fan off (https://reprap.org/wiki/G-code)
        await self._client.gcode("M220 S100", "M221 S100", "M107")
        return Done(
            changed=False,
            detail=Text(
                de="Gesendet, aber nicht nachgeprüft: OctoPrint zeigt Tempo, Materialfluss und Lüfter nicht an.",
                en="Sent, but not read back: OctoPrint does not show speed, flow and fan.",
            ),
        )

    async def _deselect(self) -> Done:
        with suppress(Conflict):  # nothing is selected any more
            await self._client.order("/api/files/local/current", command="unselect")
            return Done()
        return Done(changed=False)

    async def _files(self) -> Done:
        end, first = time.monotonic() + SETTLE_S, 0
        while foreign := self.kept.foreign(await list_files(self._client)):
            first = first or count_files(foreign)
            answers = [await delete_entry(self._client, entry) for entry in foreign]
            if all(answers) and time.monotonic() > end:
                break
            await asyncio.sleep(POLL_S)
        return printing.deleted(first - count_files(foreign))

    async def _timelapses(self) -> Done:
        end, first = time.monotonic() + SETTLE_S, 0
        while (found := await list_timelapses(self._client)).files or found.unrendered:
            first = first or len(found.files) + len(found.unrendered)
            await delete_timelapses(self._client, found)
            busy = any(movie.processing for movie in found.unrendered)  # would come back as a movie
            if not busy and time.monotonic() > end:
                break
            await asyncio.sleep(POLL_S)
        return printing.deleted(first - len(found.files) - len(found.unrendered), "Zeitraffer", "timelapses")

    async def _profile(self) -> Done:
        if not differences(self.profiles, await read_profiles(self._client)):
            return Done(changed=False)
        await restore_profiles(self._client, self.profiles)
        return Done()

    async def _heat(self) -> Heaters:
        return heaters(await self._printer())


async def cool(client: Client, printer: models.Printer) -> None:
    """Set every heater's target to 0; the basic two even before they reported."""
    names = {"tool0", "bed", *printer.heaters}
    tools = {name: 0 for name in sorted(names) if name.startswith("tool")}
    await client.order("/api/printer/tool", command="target", targets=tools)
    for name in names & {"bed", "chamber"}:
        with suppress(Conflict):  # this printer has none
            await client.order(f"/api/printer/{name}", command="target", target=0)
