"""The driver of one board behind DAPLink."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.daplink.boards import HELP, Board, Doubt
from medialab_agent.drivers.daplink.checks import findings, verify_clean
from medialab_agent.drivers.daplink.hidlink import HOST_STATUS, HidLink
from medialab_agent.drivers.daplink.place import Place, local_key, place_of
from medialab_agent.drivers.daplink.reading import Found, facts_of, identities_of, look, traces_of
from medialab_agent.drivers.daplink.reset import program_for, write_program
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.evidence import Advised
from medialab_agent.sdk.firmware_history import going_back, remember
from medialab_agent.sdk.firmware_rollback import advice, hold_or_write_again, written_as_allowed
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.microbit.conversation import make_blink
from medialab_agent.sdk.microbit.default_program import DefaultProgram, wish
from medialab_agent.sdk.microbit.findings import runs
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Access
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
_NAME = "robot-name"
_FLASH = Text(de="Standardprogramm übertragen", en="Transfer the default program")
_START = Text(de="Warten, bis das Standardprogramm läuft", en="Wait until the default program runs")
_CLEARING = Text(de="Die Platine löscht aufgezeichnete Messwerte", en="The board erases logged data")


class DapLinkDriver(Driver):
    """Flashes through the command channel, reads back through the serial port and the drive."""

    listen_s = 2.5
    """Seconds to listen; the default program speaks once a second."""
    proof_s = 6.0
    """Seconds for a proof; reading the whole memory takes half a second at most."""
    start_s = 40.0
    """Seconds for the start, with a full data log to erase: 31 to 126 sectors of 20 to 100 ms, and reading all."""
    blinks = 12
    """How often the interface chip's own light is switched for `find_me`."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._looked: tuple[float, Place, Found] | None = None

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return local_key(sighting)

    async def probe(self) -> Probe:
        place = place_of(self.link.sightings)
        port = next(s.key for s in self.link.sightings if s.present)
        if isinstance(place.board, Doubt):
            access = Access.FAILED if place.board is Doubt.STRANGER else Access.NEEDS_PERSON
            return Probe("", "board", identities_of(place, port, None), access, HELP[place.board])
        found = await look(place, place.board, self.listen_s)
        self._looked = (time.monotonic(), place, found)
        if found.banner is not None:
            self.link.memory.put(_NAME, found.banner.name)
        identities = identities_of(place, port, self.link.memory.get(_NAME))
        return Probe(place.board.name, "board", identities, facts=facts_of(place, place.board, found))

    async def report(self) -> Reading:
        place = place_of(self.link.sightings)
        if isinstance(place.board, Doubt):
            access = Access.FAILED if place.board is Doubt.STRANGER else Access.NEEDS_PERSON
            return Reading(access=access, help=HELP[place.board])
        found = await self._look(place, place.board)
        return Reading(facts=facts_of(place, place.board, found), traces=traces_of(found))

    async def _look(self, place: Place, board: Board) -> Found:
        """What the probe heard a moment ago counts; a silent board is not listened to twice."""
        looked, self._looked = self._looked, None
        if looked is not None and looked[1] == place and time.monotonic() - looked[0] < self.listen_s:
            return looked[2]
        return await look(place, board, self.listen_s)

    async def snapshot(self) -> Mapping[str, Any]:
        place, board = self._place()
        program = await self._program(place, board, None)
        return {"board": board.id, "firmware": program.script.id, "program": program.script.version}

    async def _program(self, place: Place, board: Board, order: Order | None) -> DefaultProgram:
        wanted = wish(order.baseline if order else None, self.link.settings)
        return await asyncio.to_thread(program_for, place, board, wanted)

    def _place(self) -> tuple[Place, Board]:
        place = place_of(self.link.sightings)
        if isinstance(place.board, Doubt):
            raise NeedsPerson(
                f"board-{place.board.value}",
                Text(de="An dieser Platine wird nichts verändert.", en="Nothing on this board is changed."),
                HELP[place.board],
            )
        return place, place.board

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action != "reset" or order.level != "clean":
            raise Refused(
                "unknown-order",
                Text(de="Das kann diese Platine nicht.", en="This board cannot do that."),
                detail=f"{order.action} {order.level or ''}",
            )
        place, board = self._place()
        program = await self._program(place, board, order)
        found = await findings(place, board, program, self.listen_s)
        if all(passed for passed, _expected, _observed in found.values()):
            return ()
        if found["program"][0]:
            remember(self.link.memory, program.script)
        going_back(self.link.memory, program.script, order.params)
        flash = Step("flash", _FLASH, deadline_s=120)
        if not program.can_prove:
            return (flash,)
        attempts = program.script.attempts
        return (flash, Step("start", _START, deadline_s=attempts * (self.start_s + 20) + (attempts - 1) * 120))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        place, board = self._place()
        program = await self._program(place, board, order)
        if step.id == "flash":
            words = going_back(self.link.memory, program.script, order.params)
            with written_as_allowed(self.link.memory, program.script, order.exec):
                await write_program(place, program.memory, say)
            return Done(detail=words)
        if step.id != "start":
            raise ValueError(step.id)

        async def write() -> None:
            await write_program(self._place()[0], program.memory, say)

        async def holds() -> bool:
            return await self._runs(board, program, say)

        return Done(detail=await hold_or_write_again(program.script, write, holds, say))

    async def _runs(self, board: Board, program: DefaultProgram, say: Say) -> bool:
        """Whether the program says so itself; where nobody can hear it, `verify` tells."""
        place, _board = self._place()
        if not place.tty:
            return True
        if board.has_log:
            say(0.1, _CLEARING)
        with suppress(NeedsPerson):
            return await runs(board.id, board.room, program, place.tty, self.start_s, self.proof_s)
        return True

    async def verify(self, order: Order) -> tuple[Check, ...]:
        level = MANIFEST.level(order.level or "")
        if level is None:
            return ()
        place, board = self._place()
        program = await self._program(place, board, order)
        checks = await verify_clean(place, board, level, program, self.proof_s)
        if checks and all(check.result is CheckResult.PASSED for check in checks):
            remember(self.link.memory, program.script)
        return Advised(checks, advice(program.script))

    async def find_me(self) -> None:
        """The default program blinks; another one is left alone, and only the interface chip's light flickers."""
        place, _board = self._place()
        with suppress(DeviceTrouble):
            if place.tty and await make_blink(place.tty):
                return
        if not place.hidraw:
            raise Refused(
                "cannot-show-itself",
                Text(de="Diese Platine kann sich gerade nicht zeigen.", en="This board cannot show itself at present."),
            )
        async with HidLink(place.hidraw) as link:
            # CMSIS-DAP: DAP_HostStatus, "connected"; DAPLink blinks its light at every command
            for count in range(self.blinks):
                await link.ask(HOST_STATUS, 0, 1 - count % 2)
                await asyncio.sleep(0.25)

    async def stop(self) -> None:
        """Nothing moves, heats or stays awake; a stream left open is closed by whoever opens the next one."""


DRIVER = DapLinkDriver
