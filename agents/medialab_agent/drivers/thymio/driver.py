"""The driver of one Thymio II, by cable or through its radio dongle."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.thymio import checks, emptying, words
from medialab_agent.drivers.thymio.line import opened
from medialab_agent.drivers.thymio.robot import Layout, Robot
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

KNOWN_NAME = "name"
"""In the driver's memory: the number of the robot that was here last, and what it is called in its baseline."""
DONGLE = "000c"
"""USB product of the radio dongle (usb.ids)."""
VOLTS = 397.8
"""Both halves of `_vbat` together per volt (firmware, behavior.c: their sum times 1000 / 3978 is hundredths)."""
BLINKS, BLINK_S = 4, 0.4


class ThymioDriver(Driver):
    """See `Driver`. The line is opened for each reading and order and let go in between. Opening it ends the robot's
    menu of basic behaviours until it is switched off and on, so readings are rare. Setting: `blink_s`."""

    poll_s = 300.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._layout: Layout | None = None
        self._blink_s = float(link.settings.get("blink_s", BLINK_S))

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """The USB port, for a Thymio has no serial number there (firmware, usb_descriptors.c)."""
        return sighting.facts.get("serial") or sighting.facts.get("path") or None

    async def probe(self) -> Probe:
        """Its number and its name."""
        async with self._robot() as robot:
            uuid, name = await robot.uuid(), await robot.name()
        identity = Identity(kind=IdentityKind.PLACE, value=self._facts.get("path") or self._sighting.key)
        if uuid:
            identity = Identity(kind=IdentityKind.UUID, value=uuid, scope="thymio")
        return Probe(name or "Thymio II", "robot", (identity,), facts={**self._about(), "has_number": bool(uuid)})

    async def report(self) -> Reading:
        """Firmware, battery, and what a group leaves behind; changes nothing."""
        async with self._robot() as robot:
            version = await robot.values("_fwversion")
            battery = sum(await robot.values("_vbat")) / VOLTS
            card = await robot.values("sd.present")
            left, name = await robot.left_behind(), await robot.name()
            uuid = await robot.uuid()
        known = self._known_name(uuid)
        facts = {**self._about(), "firmware": ".".join(map(str, version)) or None}
        traces = {"values": left, "renamed": int(known is not None and name != known), "card": sum(map(bool, card))}
        return Reading(facts=facts, volatile={"battery_v": round(battery, 2)} if battery else {}, traces=traces)

    async def snapshot(self) -> Mapping[str, Any]:
        """Which robot it is and what it is called; programs cannot be read."""
        async with self._robot() as robot:
            name, uuid = await robot.name(), await robot.uuid()
        self.link.memory.put(KNOWN_NAME, f"{uuid} {name}")
        return {"name": name, "number": uuid}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Stop and erase always, for a robot does not say what it holds; the rest when needed."""
        wanted = _wanted(order)
        async with self._same_robot(order) as robot:
            self.link.memory.put(KNOWN_NAME, f"{await robot.uuid()} {wanted}")
            has_card = any(await robot.values("sd.present"))
            is_renamed = robot.has_names and await robot.name() != wanted
        first = (words.CARD_OUT,) if has_card else ()
        return (*first, words.STOP, words.CLEAR, words.STORE, *((words.RENAME,) if is_renamed else ()))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """One step on a line of its own."""
        wanted = _wanted(order)
        async with self._same_robot(order) as robot:
            match step.id:
                case "stop":
                    await robot.stop()
                    await robot.reset()
                    return Done()
                case "clear":
                    return await emptying.clear(robot, say)
                case "store":
                    return await emptying.store(robot)
                case "rename":
                    await robot.rename(wanted)
                    return Done()
        raise ValueError(step.id)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """On a line of its own: see `checks`."""
        wanted = _wanted(order)
        async with self._same_robot(order) as robot:
            return await checks.all_checks(robot, wanted)

    async def find_me(self) -> None:
        """Blink on top, then shine as before."""
        async with self._robot() as robot:
            before = await robot.values("leds.top")
            try:
                for _ in range(BLINKS):
                    await robot.shine(0, 32, 0)
                    await asyncio.sleep(self._blink_s)
                    await robot.shine(0, 0, 0)
                    await asyncio.sleep(self._blink_s)
            finally:
                await robot.shine(*(before if len(before) == 3 else (0, 0, 0)))

    async def stop(self) -> None:
        """Nothing outlives a run: this driver starts no program, and no message of it moves a robot."""

    @property
    def _sighting(self) -> Sighting:
        return next((one for one in self.link.sightings if one.present), self.link.sightings[-1])

    @property
    def _facts(self) -> Mapping[str, str]:
        return self._sighting.facts

    @property
    def _is_radio(self) -> bool:
        return self._facts.get("pid", "").lower() == DONGLE

    def _about(self) -> dict[str, Scalar]:
        return {"model": "Thymio II", "connection": "radio" if self._is_radio else "cable"}

    def _known_name(self, uuid: str) -> str | None:
        number, _, name = (self.link.memory.get(KNOWN_NAME) or "? ").partition(" ")
        return name if number == uuid else None

    @asynccontextmanager
    async def _same_robot(self, order: Order) -> AsyncIterator[Robot]:
        """Robots take turns at one USB port: an order is for the one its baseline tells of. Raises `Unreachable`."""
        number = (order.baseline or {}).get("number")
        async with self._robot() as robot:
            if number and number != await robot.uuid():
                raise words.other_robot()
            yield robot

    @asynccontextmanager
    async def _robot(self) -> AsyncIterator[Robot]:
        with opened(self._facts.get("tty", "")) as line:
            try:
                robot = await Robot.meet(line, self._layout, by_radio=self._is_radio)
                self._layout = robot.layout
                yield robot
            except DeviceTrouble:
                self._layout = None
                raise


def _wanted(order: Order) -> str:
    """Raises `Refused` for an order this driver does not know."""
    if order.action != "reset" or order.level != "clean":
        raise words.unknown_order(f"{order.action} {order.level or ''}")
    return str((order.baseline or {}).get("name", ""))


DRIVER = ThymioDriver
