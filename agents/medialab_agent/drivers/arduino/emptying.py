"""The reset level `clean` for boards whose chip speaks USB itself: nothing is left, and the boot program waits."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from medialab_agent.drivers.arduino.avr109 import Avr109
from medialab_agent.drivers.arduino.boards import Board
from medialab_agent.drivers.arduino.boot_mode import (
    BootProgram,
    BootSaid,
    Left,
    enter,
    has_appeared,
    has_left,
    is_in_boot,
    own_usb,
)
from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.dfu import Dfu
from medialab_agent.drivers.arduino.samba import SamBa
from medialab_agent.drivers.arduino.words import not_started_again, other_chip, unknown_order
from medialab_agent.sdk.evidence import count, quoted
from medialab_agent.sdk.program import Ending
from medialab_agent.sdk.steps import Done, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.base import Scalar
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

PREFLIGHT = Text(de="Board und Bootprogramm prüfen", en="Check board and boot program")
EMPTY = Text(de="Board leeren", en="Empty the board")
GONE = Text(de="Das Board ist leer; sein Bootprogramm wartet.", en="The board is empty; its boot program waits.")
LOOK = 1024
"""Bytes a look reads: every program begins at the beginning."""
ONCE_S, ATTEMPTS = 60.0, 2
"""Emptying takes up to ten seconds (992 rows of a SAMD21 at 6 ms and more, 3840 pieces of an R4 at 2 ms)."""
SHOW_S = 3.0
LEAVE_S = 1.5
"""Seconds to start a program again, also when work was cut off: less than such work may take to clean up."""
_UNREAD = Text(de="dieses Board lässt es nicht lesen", en="this board does not let it be read")
_NO_EEPROM = Text(de="dieses Board hat keines", en="this board has none")
_FAMILIES: Mapping[str, Callable[[Device, Board], BootProgram]] = {"avr109": Avr109, "samba": SamBa, "dfu": Dfu}


@dataclass(frozen=True)
class Seen:
    """What a look found, without starting anything anew. `said` and `left`: None while its program runs."""

    board: Board
    said: BootSaid | None = None
    left: Left | None = None

    @property
    def facts(self) -> dict[str, Scalar]:
        """For the report."""
        if self.said is None:
            return {}
        return {"signature": self.said.chip or None, "bootloader": self.said.program}

    @property
    def traces(self) -> dict[str, int]:
        """A program that runs is somebody's: what belongs here is none."""
        if self.left is None:
            return {"foreign_program": 1}
        return {} if self.left.program is None else {"foreign_program": int(self.left.program > 0)}


@dataclass(frozen=True)
class State:
    """What was read back, by commands of its own."""

    said: BootSaid
    left: Left


class Emptying:
    """One board. Every method asks the board anew."""

    def __init__(self, device: Device, board: Board) -> None:
        self._device, self.board = device, board
        self._boot: BootProgram = _FAMILIES[own_usb(board).family](device, board)

    async def look(self) -> Seen:
        """Without starting anything anew: a running program is only seen. Raises `DeviceTrouble`."""
        if not is_in_boot(self._device, self.board):
            return Seen(self.board)
        said = await self._identified()
        return Seen(self.board, said, await self._boot.left(LOOK))

    async def plan(self) -> tuple[Step, ...]:
        """Nothing, when all that can be read is empty."""
        if is_in_boot(self._device, self.board) and (await self.read()).left.is_clean:
            return ()
        empty = Step("write", EMPTY, deadline_s=ATTEMPTS * ONCE_S + 30)
        return Step("preflight", PREFLIGHT, deadline_s=30), empty

    async def do(self, step: Step, say: Say) -> Done:
        """Check, or empty."""
        # After an interruption another board may be plugged in here, so its chip is asked for each time.
        await self._met()
        if step.id == "preflight":
            return Done(changed=False)
        if step.id != "write":
            raise unknown_order(step.id)
        for attempt in range(ATTEMPTS):
            ended = await self._boot.empty(say, ONCE_S)
            if ended.is_ok:
                return Done(detail=GONE)
            if ended.ending not in (Ending.EXITED, Ending.STALLED) or attempt + 1 == ATTEMPTS:
                raise self._boot.why(ended)
            await self._met()
        raise AssertionError("at least one attempt")

    async def read(self) -> State:
        """Read back all of it."""
        said = await self._met()
        return State(said, await self._boot.left())

    async def show_itself(self) -> None:
        """Boot programs let a lamp breathe; a program that was running is started again by them."""
        if is_in_boot(self._device, self.board):
            await self._identified()
            return
        try:
            await self._met()
            await asyncio.sleep(SHOW_S)
        finally:
            await self._start_again()
        if not await has_left(self._device, self.board):
            raise not_started_again()

    async def _start_again(self) -> None:
        """Also when somebody cut it off while the boot program was still coming: some wait there for ever."""
        with suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                if await has_appeared(self._device, self.board):
                    await self._boot.leave()

    def snapshot(self) -> Mapping[str, str]:
        """What belongs on such a board: nothing."""
        return {"board": self.board.id, "program": "none"}

    async def _met(self) -> BootSaid:
        await enter(self._device, self.board)
        return await self._identified()

    async def _identified(self) -> BootSaid:
        said = await self._boot.identify()
        if said.chip != own_usb(self.board).chip:
            raise other_chip(said.chip)
        return said


def checks(level: ResetLevel, board: Board, state: State) -> tuple[Check, ...]:
    """One check for each that the level demands."""
    own, left = own_usb(board), state.left
    boot = quoted(state.said.program)
    findings: dict[str, tuple[bool | None, Text | None, Text | None]] = {
        "program": _emptied(left.program),
        "rest": _emptied(left.program),
        "starts": (True if state.said.is_known else None, None, boot),
        "eeprom": (True, _NO_EEPROM, _NO_EEPROM) if own.eeprom == 0 else _emptied(left.eeprom),
    }
    nothing = (None, None, None)
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            kind=spec.kind,
            result=_result(findings.get(spec.id, nothing)[0]),
            expected=findings.get(spec.id, nothing)[1],
            observed=findings.get(spec.id, nothing)[2],
        )
        for spec in level.checks
    )


def _emptied(left: int | None) -> tuple[bool | None, Text | None, Text | None]:
    none = count("Bytes", "bytes", 0)
    return (None, none, _UNREAD) if left is None else (not left, none, count("Bytes", "bytes", left))


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED
