"""The driver of one Arduino board."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.arduino import emptying
from medialab_agent.drivers.arduino.boards import Board, possible, with_own_usb
from medialab_agent.drivers.arduino.device import PROGRAM_BAUD, Device
from medialab_agent.drivers.arduino.emptying import Emptying
from medialab_agent.drivers.arduino.look import Seen, look
from medialab_agent.drivers.arduino.program_image import Wanted, choose, wanted
from medialab_agent.drivers.arduino.reset import Reset
from medialab_agent.drivers.arduino.serial_port import Silence, opened
from medialab_agent.drivers.arduino.words import not_offered, unknown_order
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
AWAKE_S = 3.0
"""Seconds until a program runs after a start."""
_FIRMWARE = "arduino-firmware"


class ArduinoDriver(Driver):
    """Asking a board who it is starts its program anew; so it is asked once after each plugging in and each order."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._device = Device(link)
        self._seen: Seen | None = None
        self._found: emptying.Seen | None = None

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its serial number; without one, the USB port it is plugged into. Boards whose chip speaks USB itself show a
        serial number with some programs only, and are known by their port."""
        path = sighting.facts.get("path")
        if with_own_usb(sighting) is not None and path:
            return path
        return sighting.facts.get("serial") or path or None

    async def probe(self) -> Probe:
        self._seen = self._found = None
        if (bare := self._bare()) is not None:
            self._found = await bare.look()
            board = self._found.board
        elif (recognised := self._recognised()) is not None:
            board = recognised
        else:
            self._seen = await self._look()
            board = self._seen.met.board
        return Probe(board.name, "board", self._identities(), facts=self._facts(board))

    async def report(self) -> Reading:
        if (bare := self._bare()) is not None:
            self._found = await bare.look()
            return Reading(facts=self._facts(self._found.board), traces=self._found.traces)
        board = self._recognised() or (self._seen or await self._look()).met.board
        return Reading(facts=self._facts(board), traces=self._seen.traces if self._seen else {})

    async def snapshot(self) -> Mapping[str, Any]:
        """Which firmware belongs on this board: the known one it carries, else the default for its class; none on a
        board that is emptied."""
        if (bare := self._bare()) is not None:
            return bare.snapshot()
        seen = self._seen = await self._look()
        target = seen.carries if seen.carries is not None else await asyncio.to_thread(_default, self._device, seen)
        self.link.memory.put(_FIRMWARE, target.firmware.id)
        return {"firmware": target.firmware.id, "version": target.firmware.script.version, "sha256": target.sha256}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        _admit(order)
        bare = self._bare()
        return await (bare or self._reset(order)).plan()

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        _admit(order)
        bare = self._bare()
        return await (bare or self._reset(order)).do(step, say)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        _admit(order)
        level = MANIFEST.level(order.level or "")
        if (bare := self._bare()) is not None:
            found = await bare.read()
            return emptying.checks(level, bare.board, found) if level else ()
        reset = self._reset(order)
        state = await reset.read()
        return reset.judge(level, state) if level else ()

    async def find_me(self) -> None:
        """A board flashes its lamp when it starts; our default program blinks fast when it is asked to, and boot
        programs of boards whose chip speaks USB itself let it breathe."""
        if (bare := self._bare()) is not None:
            await bare.show_itself()
            return
        if (board := self._recognised()) is not None:
            raise not_offered(board.tool)
        with opened(self._device.tty, PROGRAM_BAUD) as port:
            await port.reset()
            with suppress(Silence):
                await port.line(AWAKE_S)
            await port.write(b"F")

    async def stop(self) -> None:
        """Nothing outlives a run: a program that was started ended with its step, and boards move nothing."""

    def _reset(self, order: Order) -> Reset:
        return Reset(self._device, order, self.link.memory)

    def _bare(self) -> Emptying | None:
        """How the board is emptied, when its chip speaks USB itself."""
        board = with_own_usb(self._device.sighting)
        return Emptying(self._device, board) if board is not None else None

    async def _look(self) -> Seen:
        return await look(self._device, self.link.memory.get(_FIRMWARE))

    def _recognised(self) -> Board | None:
        """The board, when all that can be done with it is to recognise it."""
        found = possible(self._device.sighting)
        return None if any(board.ways for board in found) else found[0]

    def _identities(self) -> tuple[Identity, ...]:
        facts = self._device.sighting.facts
        if serial := self._serial(facts):
            return (Identity(kind=IdentityKind.SERIAL, value=serial, scope="arduino"),)
        return (Identity(kind=IdentityKind.PLACE, value=facts.get("path") or self._device.sighting.key),)

    def _serial(self, facts: Mapping[str, str]) -> str:
        """Of the chip itself; what programs of an ATmega32U4 show instead is the name of a library."""
        board = with_own_usb(self._device.sighting)
        if board is None or board.own_usb is None:
            return facts.get("serial", "")
        said = self._found.said.serial if self._found and self._found.said else ""
        shown = facts.get("serial", "").upper()
        return said or (shown if re.fullmatch(r"[0-9A-F]{32}", shown) else "")

    def _facts(self, board: Board) -> dict[str, Scalar]:
        seen = self._found or self._seen
        read = seen.facts if seen else {}
        return {
            "board": board.name,
            "chip": board.chip,
            "has_serial": bool(self._serial(self._device.sighting.facts)),
            **read,
        }


def _admit(order: Order) -> None:
    if order.action != "reset" or order.level != "clean":
        raise unknown_order(f"{order.action} {order.level or ''}")


def _default(device: Device, seen: Seen) -> Wanted:
    met = seen.met
    return wanted(choose(device.library(), met.board, None), met.board, met.way, met.said.signature)


DRIVER = ArduinoDriver
