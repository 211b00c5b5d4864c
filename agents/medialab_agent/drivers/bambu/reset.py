"""The reset level `clean`: which steps it takes now, and each step. Every step may be repeated."""

import time
from collections.abc import Awaitable, Callable, Sequence

from medialab_agent.drivers.bambu.ftps import Card, Entry
from medialab_agent.drivers.bambu.line import Line
from medialab_agent.drivers.bambu.state import NORMAL_SPEED, State
from medialab_agent.drivers.bambu.traces import AllowList, Stored, count_files, delete, look
from medialab_agent.drivers.bambu.words import bad_baseline
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

OFF = "M104 S0\nM140 S0\nM106 P1 S0\n"
"""Nozzle, bed and part fan off (https://github.com/Doridian/OpenBambuAPI/blob/main/gcode.md)."""
HOME = "G28\nM84\n"
HOT_PATIENCE_S = 30.0
"""How long a heater may stay on after its order before we say so."""
WithCard = Callable[[Callable[[Card], Stored]], Awaitable[Stored]]

_ASK_BED = Text(
    de="Bitte die Druckplatte leer räumen und fremde Speicherkarten oder USB-Sticks abziehen.",
    en="Please clear the build plate and take out foreign memory cards or USB sticks.",
)
_STEPS = {
    "end-job": (Text(de="Laufenden Druck abbrechen", en="Cancel the running print"), 180.0),
    "heaters-off": (Text(de="Heizungen ausschalten", en="Switch the heaters off"), 60.0),
    "speed": (Text(de="Tempo zurückstellen", en="Put the speed back"), 30.0),
    "files": (Text(de="Fremde Druckdateien löschen", en="Delete foreign print files"), 300.0),
    "timelapses": (Text(de="Zeitraffer und Aufnahmen löschen", en="Delete timelapses and recordings"), 600.0),
    "cool-down": (Text(de="Abkühlen lassen", en="Let it cool down"), 2700.0),
    "bed-clear": (Text(de="Druckplatte leer räumen", en="Clear the build plate"), None),
    "home": (Text(de="Druckkopf in die Grundstellung fahren", en="Move the head to its home position"), 180.0),
}


def _step(name: str) -> Step:
    title, deadline = _STEPS[name]
    if name == "bed-clear":
        return Step(name, title, ask=_ASK_BED, check="bed-clear")
    return Step(name, title, deadline_s=deadline)


class Reset:
    """One order to reset, against one printer."""

    def __init__(self, line: Line, with_card: WithCard, order: Order) -> None:
        if order.baseline is None:
            raise bad_baseline()
        self._line, self._with_card, self._order = line, with_card, order
        self.kept = AllowList.from_baseline(order.baseline)

    async def plan(self) -> tuple[Step, ...]:
        """What has to be done now. The person's look at the plate is always part of it, for no sensor sees it."""
        state, stored = await self._line.fresh(), await self._with_card(look)
        wanted = {"bed-clear"}
        if not state.is_at_rest:
            wanted |= {"end-job", "heaters-off", "cool-down"}  # it may be heating up at this moment
        if state.all_off is not True:
            wanted.add("heaters-off")
        if not state.is_safe or state.all_off is False:
            wanted.add("cool-down")
        if state.spd_lvl not in {None, NORMAL_SPEED}:
            wanted.add("speed")
        if self.kept.foreign(stored.files):
            wanted.add("files")
        if stored.movies:
            wanted.add("timelapses")
        if self._order.params.get("home") is True:
            wanted.add("home")
        return tuple(_step(name) for name in _STEPS if name in wanted)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "cool-down":
            return await self._cool_down(say)
        actions: dict[str, Callable[[], Awaitable[Done]]] = {
            "end-job": self._end_job,
            "heaters-off": self._heaters_off,
            "speed": self._speed,
            "files": self._files,
            "timelapses": self._timelapses,
            "home": self._home,
        }
        return await actions[step.id]() if step.id in actions else Done(changed=False)

    async def _end_job(self) -> Done:
        working = (await self._line.ready()).is_working
        if working:
            await self._line.command("print", "stop", param="")
        await self._line.until(lambda state: state.is_at_rest)
        return Done(working)

    async def _heaters_off(self) -> Done:
        was_off = (await self._line.ready()).all_off is True
        await self._line.command("print", "gcode_line", param=OFF)
        await self._line.until(lambda state: state.all_off is not False)
        return Done(changed=not was_off)

    async def _speed(self) -> Done:
        await self._line.command("print", "print_speed", param=str(NORMAL_SPEED))
        await self._line.until(lambda state: state.spd_lvl in {None, NORMAL_SPEED})
        return Done()

    async def _files(self) -> Done:
        number = await self._delete(lambda stored: self.kept.foreign(stored.files))
        return Done(bool(number), Text(de=f"{number} Dateien gelöscht.", en=f"{number} files deleted."))

    async def _timelapses(self) -> Done:
        number = await self._delete(lambda stored: stored.movies)
        return Done(bool(number), Text(de=f"{number} Aufnahmen gelöscht.", en=f"{number} recordings deleted."))

    async def _delete(self, which: Callable[[Stored], Sequence[Entry]]) -> int:
        """Delete them; how many are gone by a new list, for an answer alone proves nothing."""

        def work(card: Card) -> Stored:
            stored = look(card)
            delete(card, which(stored))
            return stored

        before = count_files(which(await self._with_card(work)))
        return max(before - count_files(which(await self._with_card(look))), 0) if before else 0

    async def _cool_down(self, say: Say) -> Done:
        worst, hot_since = 0.0, time.monotonic()

        def is_over(state: State) -> bool:
            nonlocal worst, hot_since
            above = state.excess
            if above is None:
                return True  # it tells no temperature: the check says so
            worst = max(worst, above)
            say(1.0 - above / worst if worst else 1.0)
            if state.all_off is not False:
                hot_since = time.monotonic()
            return above == 0.0 or time.monotonic() - hot_since > HOT_PATIENCE_S

        if (await self._line.until(is_over)).all_off is False:
            raise _heater_stays_on()
        return Done(changed=worst > 0)

    async def _home(self) -> Done:
        await self._line.command("print", "gcode_line", param=HOME)
        return Done()


def _heater_stays_on() -> NeedsPerson:
    return NeedsPerson(
        "heater-on",
        Text(de="Eine Heizung des Druckers ist noch an.", en="A heater of the printer is still on."),
        Text(de="Die Heizung an der Anzeige des Druckers ausschalten.", en="Switch the heater off at the display."),
    )
