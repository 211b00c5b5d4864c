"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.configuration import Configuration
from medialab_agent.drivers.moonraker.machine import Machine, bare_name, read_machine
from medialab_agent.drivers.moonraker.restart import make_ready
from medialab_agent.drivers.moonraker.storage import delete
from medialab_agent.drivers.moonraker.traces import (
    GCODES,
    AllowList,
    clear_history,
    clear_queue,
    count_foreign,
    count_history,
    count_queue,
    delete_films,
    list_films,
)
from medialab_agent.sdk import printer as printing
from medialab_agent.sdk.heat import Heaters, cool_down
from medialab_agent.sdk.patience import POLL_S, until
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.texts import Text

SETTLE_S = 5.0
"""How long a deleted thing may stay listed; then the step ends and the check will say so."""
CANCEL_AGAIN_S = 20.0
"""A cancel waits for the moves and the heating that were begun; it is repeated after this time."""

_DRAINING = Text(
    de="Wartet, bis der Drucker seine letzten Befehle beendet hat",
    en="Waiting until the printer has finished its last commands",
)

_STEPS = printing.Steps(
    {
        "restart": (Text(de="Druckprogramm neu starten", en="Restart the printer's program"), 120.0),
        "queue": (Text(de="Warteschlange leeren", en="Empty the queue"), 30.0),
        "end-job": (printing.END_JOB, 300.0),
        "deselect": (printing.DESELECT, 60.0),
        "heaters-off": (printing.HEATERS_OFF, 60.0),
        "overrides": (
            Text(de="Tempo, Materialfluss und Lüfter zurückstellen", en="Put speed, flow and fans back"),
            60.0,
        ),
        "files": (printing.FILES, 300.0),
        "timelapses": (printing.TIMELAPSES, 120.0),
        "history": (Text(de="Liste der Drucke löschen", en="Delete the list of prints"), 60.0),
        "cool-down": (printing.COOL_DOWN, printing.COOL_DOWN_S),
        "bed-clear": (printing.CLEAR_BED, None),
    },
    ask=Text(
        de="Bitte das Druckbett leer räumen und einen USB-Stick abziehen.",
        en="Please clear the print bed and take out any USB stick.",
    ),
)


class Reset:
    """One order to reset, against one Moonraker."""

    def __init__(self, client: Client, order: Order) -> None:
        if order.baseline is None:
            raise printing.no_baseline()
        self._client = client
        self.kept = AllowList.from_baseline(order.baseline)
        self.configuration = Configuration.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the bed is always part of it, for no sensor sees the bed."""
        machine = await read_machine(self._client)
        wanted = {*_machine_steps(machine), *await self._stored(), printing.BED_CLEAR}
        if machine.has_job:
            wanted |= {"history"}  # the print that is cancelled becomes an entry
        return _STEPS.of(wanted)

    async def _stored(self) -> set[str]:
        needed = {
            "queue": await count_queue(self._client),
            "files": len(await self.kept.foreign(self._client)),
            "timelapses": (await list_films(self._client)).number,
            "history": await count_history(self._client),
        }
        return {name for name, number in needed.items() if number}

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "restart": self._restart,
            "queue": self._queue,
            "end-job": lambda: self._end_job(say),
            "deselect": self._deselect,
            "heaters-off": self._heaters_off,
            "overrides": self._overrides,
            "files": self._files,
            "timelapses": self._timelapses,
            "history": self._history,
            "cool-down": lambda: cool_down(self._heat, say),
        }
        return await actions[step.id]() if step.id in actions else Done(changed=False)

    async def _machine(self) -> Machine:
        return await read_machine(self._client)

    async def _restart(self) -> Done:
        return Done(changed=await make_ready(self._client))

    async def _queue(self) -> Done:
        return await self._gone(lambda: count_queue(self._client), lambda: clear_queue(self._client))

    async def _end_job(self, say: Say) -> Done:
        sent: float | None = None
        while (await self._machine()).has_job:
            if sent is None or time.monotonic() - sent > CANCEL_AGAIN_S:
                sent = time.monotonic()
                status = await self._client.begin("/printer/print/cancel")
                if status == 400:  # a printer without CANCEL_PRINT: the file itself is put away
                    await self._client.gcode("SDCARD_RESET_FILE")
            say(0.5, _DRAINING)
            await asyncio.sleep(POLL_S)
        return Done(changed=sent is not None)

    async def _deselect(self) -> Done:
        if (await self._machine()).is_idle:
            return Done(changed=False)
        await self._client.gcode("SDCARD_RESET_FILE")  # https://www.klipper3d.org/G-Codes.html#sdcard_reset_file
        await until(lambda: self._holds(lambda machine: machine.is_idle))
        return Done()

    async def _heaters_off(self) -> Done:
        if (await self._machine()).heat.are_off is True:
            return Done(changed=False)
        await self._client.gcode("TURN_OFF_HEATERS")
        await until(lambda: self._holds(lambda machine: machine.heat.are_off is True))
        return Done()

    async def _overrides(self) -> Done:
        machine = await self._machine()
        if machine.is_normal is True:
            return Done(changed=False)
        await self._client.gcode(*normal_values(machine))
        await until(lambda: self._holds(lambda machine: machine.is_normal is not False))
        return Done()

    async def _files(self) -> Done:
        end, first = time.monotonic() + SETTLE_S, 0
        while foreign := await self.kept.foreign(self._client):
            first = first or await count_foreign(self._client, foreign)
            answers = [await delete(self._client, GCODES, entry) for entry in foreign]
            if all(answers) and time.monotonic() > end:
                break
            await asyncio.sleep(POLL_S)
        return printing.deleted(first - await count_foreign(self._client, foreign) if foreign else first)

    async def _timelapses(self) -> Done:
        async def remove() -> None:
            await delete_films(self._client, await list_films(self._client))

        async def left() -> int:
            return len((await list_films(self._client)).videos)

        return await self._gone(left, remove)

    async def _history(self) -> Done:
        return await self._gone(lambda: count_history(self._client), lambda: clear_history(self._client))

    async def _gone(self, left: Callable[[], Awaitable[int]], remove: Callable[[], Awaitable[None]]) -> Done:
        """Remove until nothing is left; what stays all the same is the check's to say."""
        end, first = time.monotonic() + SETTLE_S, await left()
        number = first
        while number:
            await remove()  # at least once, however long the list took
            number = await left()
            if time.monotonic() > end:
                break
            await asyncio.sleep(POLL_S / 5)
        gone = max(first - number, 0)
        return Done(bool(gone), Text(de=f"{gone} gelöscht.", en=f"{gone} deleted."))

    async def _heat(self) -> Heaters:
        return (await self._machine()).heat

    async def _holds(self, wanted: Callable[[Machine], bool]) -> bool | None:
        return wanted(await self._machine()) or None


def _machine_steps(machine: Machine) -> set[str]:
    if not machine.is_ready:
        return {"restart", "end-job", "deselect", "heaters-off", "overrides", "cool-down"}
    needed = {
        "end-job": machine.has_job,
        "deselect": not machine.is_idle and bool(machine.state),
        "heaters-off": machine.heat.are_off is not True or machine.has_job,
        "overrides": machine.is_normal is not True or machine.has_job,
        "cool-down": not machine.heat.are_safe,
    }
    return {name for name, is_needed in needed.items() if is_needed}


def normal_values(machine: Machine) -> list[str]:
    """G-code for 100 % speed and flow, no offset, fans off (https://www.klipper3d.org/G-Codes.html)."""
    lines = ["M220 S100", "M221 S100"]
    if any(machine.offset or ()):
        lines.append("SET_GCODE_OFFSET X=0 Y=0 Z=0 E=0")  # without MOVE=1 nothing moves
    for fan in machine.fans:
        if fan == "fan":
            lines.append("M107")
        elif name := bare_name(fan):
            lines.append(f"SET_FAN_SPEED FAN={name} SPEED=0")
    return lines
