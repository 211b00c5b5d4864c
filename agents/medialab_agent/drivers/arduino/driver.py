"""The driver of one Arduino board."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.arduino.boards import Board, possible
from medialab_agent.drivers.arduino.device import PROGRAM_BAUD, Device
from medialab_agent.drivers.arduino.look import Seen, look
from medialab_agent.drivers.arduino.program_image import Wanted, choose, wanted
from medialab_agent.drivers.arduino.reset import Reset, checks
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

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its serial number; without one, the USB port it is plugged into."""
        return sighting.facts.get("serial") or sighting.facts.get("path") or None

    async def probe(self) -> Probe:
        self._seen = None
        board = self._recognised()
        if board is None:
            self._seen = await self._look()
            board = self._seen.met.board
        return Probe(board.name, "board", self._identities(), facts=self._facts(board))

    async def report(self) -> Reading:
        board = self._recognised() or (self._seen or await self._look()).met.board
        return Reading(facts=self._facts(board), traces=self._seen.traces if self._seen else {})

    async def snapshot(self) -> Mapping[str, Any]:
        """Which firmware belongs on this board: the known one it carries, else the default for its class."""
        seen = self._seen = await self._look()
        target = seen.carries if seen.carries is not None else await asyncio.to_thread(_default, self._device, seen)
        self.link.memory.put(_FIRMWARE, target.firmware.id)
        return {"firmware": target.firmware.id, "version": target.firmware.script.version, "sha256": target.sha256}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        return await self._reset(order).plan()

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        return await self._reset(order).do(step, say)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        level = MANIFEST.level(order.level or "")
        state = await self._reset(order).read()
        return checks(level, state) if level else ()

    async def find_me(self) -> None:
        """A board flashes its lamp when it starts; our default program blinks fast when it is asked to."""
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
        if order.action != "reset" or order.level != "clean":
            raise unknown_order(f"{order.action} {order.level or ''}")
        return Reset(self._device, order)

    async def _look(self) -> Seen:
        return await look(self._device, self.link.memory.get(_FIRMWARE))

    def _recognised(self) -> Board | None:
        """The board, when all that can be done with it is to recognise it."""
        found = possible(self._device.sighting)
        return None if any(board.ways for board in found) else found[0]

    def _identities(self) -> tuple[Identity, ...]:
        facts = self._device.sighting.facts
        if serial := facts.get("serial"):
            return (Identity(kind=IdentityKind.SERIAL, value=serial, scope="arduino"),)
        return (Identity(kind=IdentityKind.PLACE, value=facts.get("path") or self._device.sighting.key),)

    def _facts(self, board: Board) -> dict[str, Scalar]:
        read = self._seen.facts if self._seen else {}
        return {"board": board.name, "chip": board.chip, "has_serial": "serial" in self._device.sighting.facts, **read}


def _default(device: Device, seen: Seen) -> Wanted:
    met = seen.met
    return wanted(choose(device.library(), met.board, None), met.board, met.way, met.said.signature)


DRIVER = ArduinoDriver
