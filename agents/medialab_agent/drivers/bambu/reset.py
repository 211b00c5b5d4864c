"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

from collections.abc import Awaitable, Callable, Sequence

from medialab_agent.drivers.bambu.ftps import Card, Entry
from medialab_agent.drivers.bambu.line import Line
from medialab_agent.drivers.bambu.stage import WithCard
from medialab_agent.drivers.bambu.state import NORMAL_SPEED
from medialab_agent.drivers.bambu.traces import AllowList, Stored, count_files, delete, look
from medialab_agent.sdk import printer as printing
from medialab_agent.sdk.heat import Heaters, cool_down
from medialab_agent.sdk.patience import POLL_S
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.texts import Text

OFF = "M104 S0\nM140 S0\nM106 P1 S0\n"
"""Nozzle, bed and part fan off (https://github.com/Doridian/OpenBambuAPI/blob/main/gcode.md)."""

_STEPS = printing.Steps(
    {
        "end-job": (printing.END_JOB, 180.0),
        "heaters-off": (printing.HEATERS_OFF, 60.0),
        "speed": (Text(de="Tempo zurückstellen", en="Put the speed back"), 30.0),
        "files": (printing.FILES, 300.0),
        "timelapses": (Text(de="Zeitraffer und Aufnahmen löschen", en="Delete timelapses and recordings"), 600.0),
        "cool-down": (printing.COOL_DOWN, printing.COOL_DOWN_S),
        "bed-clear": (Text(de="Druckplatte leer räumen", en="Clear the build plate"), None),
    },
    ask=Text(
        de="Bitte die Druckplatte leer räumen und fremde Speicherkarten oder USB-Sticks abziehen.",
        en="Please clear the build plate and take out foreign memory cards or USB sticks.",
    ),
)
_HEATER_HELP = Text(
    de="Die Heizung an der Anzeige des Druckers ausschalten.", en="Switch the heater off at the display."
)


class Reset:
    """One order to reset, against one printer."""

    def __init__(self, line: Line, with_card: WithCard, order: Order) -> None:
        if order.baseline is None:
            raise printing.no_baseline()
        self._line, self._with_card = line, with_card
        self.kept = AllowList.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the plate is always part of it, for no sensor sees it."""
        state, stored = await self._line.fresh(), await self._with_card(look)
        wanted = {printing.BED_CLEAR}
        if not state.is_at_rest:
            wanted |= {"end-job", "heaters-off", "cool-down"}  # it may be heating up at this moment
        if state.heat.are_off is not True:
            wanted.add("heaters-off")
        if not state.heat.are_safe or state.heat.are_off is False:
            wanted.add("cool-down")
        if state.spd_lvl not in {None, NORMAL_SPEED}:
            wanted.add("speed")
        if self.kept.foreign(stored.files):
            wanted.add("files")
        if stored.movies:
            wanted.add("timelapses")
        return _STEPS.of(wanted)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "cool-down":
            return await cool_down(self._heat, say, pause_s=POLL_S, help_on=_HEATER_HELP)
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "end-job": self._end_job,
            "heaters-off": self._heaters_off,
            "speed": self._speed,
            "files": self._files,
            "timelapses": self._timelapses,
        }
        return await actions[step.id]() if step.id in actions else Done(changed=False)

    async def _end_job(self) -> Done:
        working = (await self._line.ready()).is_working
        if working:
            await self._line.command("print", "stop", param="")
        await self._line.until(lambda state: state.is_at_rest)
        return Done(working)

    async def _heaters_off(self) -> Done:
        was_off = (await self._heat()).are_off is True
        await self._line.command("print", "gcode_line", param=OFF)
        await self._line.until(lambda state: state.heat.are_off is not False)
        return Done(changed=not was_off)

    async def _speed(self) -> Done:
        await self._line.command("print", "print_speed", param=str(NORMAL_SPEED))
        await self._line.until(lambda state: state.spd_lvl in {None, NORMAL_SPEED})
        return Done()

    async def _files(self) -> Done:
        number = await self._delete(lambda stored: self.kept.foreign(stored.files))
        return printing.deleted(number)

    async def _timelapses(self) -> Done:
        number = await self._delete(lambda stored: stored.movies)
        return printing.deleted(number, "Aufnahmen", "recordings")

    async def _delete(self, which: Callable[[Stored], Sequence[Entry]]) -> int:
        """Delete them; how many are gone by a new list, for an answer alone proves nothing."""

        def work(card: Card) -> Stored:
            stored = look(card)
            delete(card, which(stored))
            return stored

        before = count_files(which(await self._with_card(work)))
        return max(before - count_files(which(await self._with_card(look))), 0) if before else 0

    async def _heat(self) -> Heaters:
        return (await self._line.ready()).heat
