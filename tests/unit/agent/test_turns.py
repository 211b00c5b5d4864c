"""Turns at the radio: five at a time, people's orders first, no quick second try in the background."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medialab_agent.sdk import bluetooth
from medialab_agent.sdk.air import Air
from medialab_agent.sdk.bluetooth import AIR, MOST_CONNECTIONS, BleLine, Turns
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.gatt import Gatt, Inbox, Radio
from medialab_agent.sdk.peripheral import Advertisement, Peripheral, address_of
from medialab_agent.sdk.trouble import Unreachable


class Forgetful:
    """A memory for drivers that need none."""

    def get(self, name: str) -> str | None:
        return None

    def put(self, name: str, value: str | None) -> None:
        pass


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[Air]:
    air = Air(tmp_path / "air", connect_s=0.01)
    await air.open()
    yield air
    await air.close()


def robots(air: Air, number: int) -> list[Peripheral]:
    found = [Peripheral(address_of(str(one)), Advertisement(f"robot {one}")) for one in range(number)]
    air.carry(found)
    for robot in found:
        robot.appear()
    return found


def line_to(air: Air, robot: Peripheral) -> BleLine:
    return BleLine(DeviceLink(robot.address, (robot.sighting(),), Forgetful(), {AIR: str(air.socket)}))


async def test_never_more_than_five_at_a_time(air: Air) -> None:
    async def visit(robot: Peripheral) -> None:
        async with line_to(air, robot).open(urgent=False):
            await asyncio.sleep(0.01)

    await asyncio.gather(*(visit(robot) for robot in robots(air, 20)))
    assert air.most_connected == MOST_CONNECTIONS


async def test_whoever_wants_to_connect_is_heard_until_connected_or_given_up(air: Air) -> None:
    queue = bluetooth.turns()
    free, taken = robots(air, 2)
    taken.is_taken = lambda: True
    async with line_to(air, free).open(urgent=True):
        assert queue.calm.is_set()
        assert not queue.wanted.is_set()
        trying = asyncio.create_task(line_to(air, taken).open(urgent=True).__aenter__())
        await asyncio.wait_for(queue.wanted.wait(), 5)
        assert not queue.calm.is_set()
        with pytest.raises(Unreachable):
            await trying
        assert queue.calm.is_set()


def traceback_length(failure: Unreachable) -> int:
    return len(traceback.extract_tb(failure.__traceback__))


class Slow(Gatt):
    """A connection whose end takes until the test says so."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    mtu = 23

    def has(self, uuid: str) -> bool:
        return False

    async def read(self, uuid: str) -> bytes:
        return b""

    async def write(self, uuid: str, value: bytes, *, quietly: bool = False) -> None:
        pass

    async def listen(self, uuid: str) -> Inbox:
        return Inbox()

    async def close(self) -> None:
        await self.over.wait()


async def test_a_slow_end_holds_up_the_same_robot_but_not_who_was_connected(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, slow = line_to(air, robots(air, 1)[0]), Slow()

    class SlowRadio(Radio):
        async def connect(self, address: str, path: str = "") -> Gatt:
            return slow

    monkeypatch.setattr(line, "_radio", SlowRadio)

    async def visit() -> None:
        async with line.open(urgent=True) as gatt:
            assert gatt is slow

    await visit()
    again = asyncio.create_task(visit())
    await asyncio.sleep(0.05)
    assert not again.done()
    slow.over.set()
    await asyncio.wait_for(again, 5)


async def test_orders_go_first_and_then_the_order_of_asking() -> None:
    turns, went = Turns(most=1), []

    async def ask(name: str, *, urgent: bool) -> None:
        async with turns.turn(urgent=urgent):
            went.append(name)
            await asyncio.sleep(0)

    async with turns.turn(urgent=False):
        asking = []
        for name, urgent in (("reading 1", False), ("reading 2", False), ("order 1", True), ("order 2", True)):
            asking.append(asyncio.create_task(ask(name, urgent=urgent)))
            await asyncio.sleep(0)
    await asyncio.gather(*asking)
    assert went == ["order 1", "order 2", "reading 1", "reading 2"]


async def test_who_gives_up_waiting_blocks_nobody() -> None:
    turns = Turns(most=1)

    async def ask() -> None:
        async with turns.turn(urgent=True):
            pass

    async with turns.turn(urgent=False):
        tired, patient = asyncio.create_task(ask()), asyncio.create_task(ask())
        await asyncio.sleep(0)
        tired.cancel()
    called = asyncio.create_task(ask())
    await asyncio.gather(patient, called)
    async with asyncio.timeout(1):
        await ask()


async def test_called_and_cancelled_at_once_passes_the_turn_on() -> None:
    turns = Turns(most=1)

    async def ask() -> None:
        async with turns.turn(urgent=True):
            await asyncio.sleep(0)

    async with turns.turn(urgent=False):
        first, second = asyncio.create_task(ask()), asyncio.create_task(ask())
        await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(1):
        await second


async def test_a_reading_does_not_try_again_soon_but_an_order_does(air: Air) -> None:
    robot = robots(air, 1)[0]
    line = line_to(air, robot)
    robot.is_taken = lambda: True
    with pytest.raises(Unreachable):
        async with line.open(urgent=False):
            pass
    robot.is_taken = lambda: False
    with pytest.raises(Unreachable):
        async with line.open(urgent=False):
            pass
    assert robot.connections == 0
    async with line.open(urgent=True):
        assert robot.is_connected
    async with line.open(urgent=False):
        assert robot.connections == 2


async def test_a_failure_is_told_afresh_each_time_a_reading_is_refused(air: Air) -> None:
    """One exception that is raised again and again would keep the frames of all those readings."""
    robot = robots(air, 1)[0]
    line = line_to(air, robot)
    robot.is_taken = lambda: True
    told: list[Unreachable] = []
    for _ in range(4):
        with pytest.raises(Unreachable) as failed:
            async with line.open(urgent=False):
                pass
        told.append(failed.value)
    assert len({id(failure) for failure in told}) == 4
    assert len({traceback_length(failure) for failure in told[1:]}) == 1
    assert {failure.trouble for failure in told} == {told[0].trouble}


async def test_the_end_of_the_agent_waits_for_connections_that_are_ending(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, slow = line_to(air, robots(air, 1)[0]), Slow()

    class SlowRadio(Radio):
        async def connect(self, address: str, path: str = "") -> Gatt:
            return slow

    monkeypatch.setattr(line, "_radio", SlowRadio)
    async with line.open(urgent=True):
        pass
    waiting = asyncio.create_task(bluetooth.parted(60))
    await bluetooth.parted(0.01)
    assert not waiting.done()
    slow.over.set()
    await asyncio.wait_for(waiting, 5)


async def test_a_robot_that_is_not_seen_is_not_called(air: Air) -> None:
    robot = robots(air, 1)[0]
    gone = robot.sighting().model_copy(update={"present": False})
    line = BleLine(DeviceLink(robot.address, (gone,), Forgetful(), {AIR: str(air.socket)}))
    with pytest.raises(Unreachable):
        async with line.open(urgent=True):
            pass
