"""The reset level `clean`: one known program, nothing behind it, an empty EEPROM; and the proof of all three."""

import asyncio
import re
from dataclasses import dataclass

from medialab_agent.drivers.arduino import avrdude
from medialab_agent.drivers.arduino.device import PROGRAM_BAUD, Device, Met, contents, hear
from medialab_agent.drivers.arduino.program_image import Wanted, choose, wanted
from medialab_agent.drivers.arduino.words import unknown_order
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.evidence import Advised, count, quoted
from medialab_agent.sdk.firmware_history import going_back, remember
from medialab_agent.sdk.firmware_rollback import advice, written_as_allowed
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

PREFLIGHT = Text(de="Board und Programm prüfen", en="Check board and program")
WRITE = Text(de="Grundprogramm aufspielen", en="Put the basic program on")
_PROGRAM = ("program", "rest")
_SILENT = Text(de="sagt nichts", en="says nothing")
_UNSEEN = Text(de="dieses Programm verrät es nicht", en="this program does not tell")


@dataclass(frozen=True)
class State:
    """What was read from the board: how the flash differs from what is wanted, and what its program said."""

    wanted: Wanted
    program_differs: int
    rest_not_blank: int
    banner: str

    @property
    def eeprom_left(self) -> int | None:
        """Bytes in the EEPROM, as our default program counts them; None when nobody says."""
        found = re.fullmatch(r"MEDIALAB default \S{1,20} eeprom=(\d{1,5})", self.banner)
        return int(found.group(1)) if found else None

    @property
    def is_clean(self) -> bool:
        """Nothing is left to do."""
        speaks = bool(self.banner) or not self.wanted.firmware.script.banner
        return not self.program_differs and not self.rest_not_blank and speaks and not self.eeprom_left


class Reset:
    """One order to reset one board. Every method reads the board and the firmware anew."""

    def __init__(self, device: Device, order: Order, memory: Memory) -> None:
        self._device, self._memory, self._params = device, memory, order.params
        self._exec = order.exec
        told = (order.baseline or {}).get("firmware")
        self._script = told if isinstance(told, str) else None

    async def plan(self) -> tuple[Step, ...]:
        """Nothing, when the board is clean already; a board or firmware that does not fit is refused here."""
        self._device.avrdude()
        state = await self.read(is_enough_at_first_difference=True)
        script = state.wanted.firmware.script
        if state.is_clean:
            return ()
        if not state.program_differs:
            remember(self._memory, script)
        going_back(self._memory, script, self._params)
        write = Step("write", WRITE, deadline_s=script.attempts * script.deadline_s + 15)
        return Step("preflight", PREFLIGHT, deadline_s=20), write

    async def do(self, step: Step, say: Say) -> Done:
        """Check, or write."""
        if step.id == "preflight":
            await self._meet()
            return Done(changed=False)
        if step.id != "write":
            raise unknown_order(step.id)
        # After an interruption another board may be plugged in here, so this is asked again each time.
        met, target = await self._meet()
        words = going_back(self._memory, target.firmware.script, self._params)
        with written_as_allowed(self._memory, target.firmware.script, self._exec):
            await avrdude.write(self._device, met, target, say)
        return Done(detail=words or Text.same(f"{target.firmware.id} {target.firmware.script.version}"))

    def judge(self, level: ResetLevel, state: State) -> Advised:
        """One check for each that the level demands, and what helps; what was proven is remembered."""
        found = checks(level, state)
        told = [check.result is CheckResult.PASSED for check in found if check.id in _PROGRAM]
        if told and all(told):
            remember(self._memory, state.wanted.firmware.script)
        return Advised(found, advice(state.wanted.firmware.script))

    async def read(self, *, is_enough_at_first_difference: bool = False) -> State:
        """Read back the whole application area, start the program, and listen to it if it is the wanted one."""
        async with self._device.greeted() as (met, reader, port):
            target = await self._target(met)
            expected = target.flash if is_enough_at_first_difference else None
            program, rest = target.differing(await contents(reader, len(target.flash), expected))
            port.forget()
            await reader.leave()
            speaks = "" if program else target.firmware.script.banner
            banner = await hear(port, speaks) if speaks and met.way.baud == PROGRAM_BAUD else ""
        if speaks and met.way.baud != PROGRAM_BAUD:
            banner = await self._device.listen(speaks)
        return State(target, program, rest, banner)

    async def _meet(self) -> tuple[Met, Wanted]:
        async with self._device.greeted() as (met, _reader, _port):
            return met, await self._target(met)

    async def _target(self, met: Met) -> Wanted:
        def look_up() -> Wanted:
            firmware = choose(self._device.library(), met.board, self._script)
            return wanted(firmware, met.board, met.way, met.said.signature)

        return await asyncio.to_thread(look_up)


def checks(level: ResetLevel, state: State) -> tuple[Check, ...]:
    """One check for each that the level demands."""
    banner, left = state.wanted.firmware.script.banner, state.eeprom_left
    none = _bytes(0)
    findings: dict[str, tuple[bool | None, Text | None, Text | None]] = {
        "program": (not state.program_differs, none, _bytes(state.program_differs)),
        "rest": (not state.rest_not_blank, none, _bytes(state.rest_not_blank)),
        "starts": (bool(state.banner) if banner else None, quoted(banner) if banner else None, _said(state)),
        "eeprom": (None if left is None else not left, none, _UNSEEN if left is None else _bytes(left)),
    }
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            kind=spec.kind,
            result=_result(findings.get(spec.id, (None, None, None))[0]),
            expected=findings.get(spec.id, (None, None, None))[1],
            observed=findings.get(spec.id, (None, None, None))[2],
        )
        for spec in level.checks
    )


def _said(state: State) -> Text:
    return quoted(state.banner) if state.banner else _SILENT


def _bytes(number: int) -> Text:
    return count("Bytes", "bytes", number)


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED
