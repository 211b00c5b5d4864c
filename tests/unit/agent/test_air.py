"""The air over a socket: what a driver sees of a simulated peripheral."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medialab_agent.sdk.air import Air
from medialab_agent.sdk.gatt import Gatt
from medialab_agent.sdk.gatt_air import AirRadio
from medialab_agent.sdk.peripheral import (
    Advertisement,
    Characteristic,
    Peripheral,
    Property,
    Service,
    address_of,
    constant,
    uuid_of,
)
from medialab_agent.sdk.trouble import Refused, Unreachable

LEVEL, ECHO, MUTE = uuid_of(0x2A19), uuid_of(0xFFF1), uuid_of(0xFFF2)


def lamp(name: str = "lamp") -> Peripheral:
    """Says its level, echoes what is written, and hangs when its third characteristic is read."""

    async def echo(value: bytes) -> None:
        peripheral.notify(ECHO, value[::-1])

    async def hang() -> bytes:
        await asyncio.Event().wait()
        return b""

    characteristics = (
        Characteristic(LEVEL, Property.READ, on_read=constant(b"\x57")),
        Characteristic(ECHO, Property.WRITE | Property.WRITE_QUIETLY | Property.NOTIFY, on_write=echo),
        Characteristic(MUTE, Property.READ, on_read=hang),
    )
    services = (Service(uuid_of(0x180F), characteristics),)
    peripheral = Peripheral(address_of(name), Advertisement(name), services)
    return peripheral


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[Air]:
    air = Air(tmp_path / "air")
    await air.open()
    yield air
    await air.close()


@pytest.fixture
async def peripheral(air: Air) -> Peripheral:
    peripheral = lamp()
    air.carry([peripheral])
    peripheral.appear()
    return peripheral


@pytest.fixture
async def gatt(air: Air, peripheral: Peripheral) -> AsyncIterator[Gatt]:
    gatt = await AirRadio(air.socket).connect(peripheral.address)
    yield gatt
    await gatt.close()


async def test_reads_writes_and_notifies(gatt: Gatt) -> None:
    assert gatt.mtu == 247
    assert gatt.has(LEVEL.upper())
    assert not gatt.has(uuid_of(1))
    assert await gatt.read(LEVEL) == b"\x57"
    inbox = await gatt.listen(ECHO)
    await gatt.write(ECHO, b"abc")
    await gatt.write(ECHO, b"def", quietly=True)
    assert [await inbox.next(), await inbox.next()] == [b"cba", b"fed"]


async def test_what_may_not_be_done_is_refused(gatt: Gatt) -> None:
    with pytest.raises(Refused):
        await gatt.read(ECHO)
    with pytest.raises(Refused):
        await gatt.write(LEVEL, b"\0")
    with pytest.raises(Refused):
        await gatt.read(uuid_of(1))


async def test_nothing_is_heard_without_asking_for_it(gatt: Gatt, peripheral: Peripheral) -> None:
    peripheral.notify(ECHO, b"early")
    inbox = await gatt.listen(ECHO)
    peripheral.notify(ECHO, b"late")
    assert await inbox.next() == b"late"


async def test_one_connection_at_a_time_and_none_to_what_is_off(air: Air, peripheral: Peripheral, gatt: Gatt) -> None:
    with pytest.raises(Unreachable):
        await AirRadio(air.socket).connect(peripheral.address)
    with pytest.raises(Unreachable):
        await AirRadio(air.socket).connect(address_of("nobody"))
    peripheral.vanish()
    with pytest.raises(Unreachable):
        await AirRadio(air.socket).connect(peripheral.address)
    with pytest.raises(Unreachable):
        await gatt.read(LEVEL)


async def test_who_waits_is_told_when_it_hangs_up(gatt: Gatt, peripheral: Peripheral) -> None:
    inbox = await gatt.listen(ECHO)
    waiting = asyncio.create_task(inbox.next(60))
    reading = asyncio.create_task(gatt.read(MUTE))
    await asyncio.sleep(0.05)
    peripheral.hang_up()
    for task in (waiting, reading):
        with pytest.raises(Unreachable):
            await task


async def test_a_closed_connection_leaves_the_robot_free_even_when_it_hangs(air: Air, peripheral: Peripheral) -> None:
    gatt = await AirRadio(air.socket).connect(peripheral.address)
    reading = asyncio.create_task(gatt.read(MUTE))
    await asyncio.sleep(0.05)
    reading.cancel()
    await gatt.close()
    async with asyncio.timeout(5):
        while peripheral.is_connected:
            await asyncio.sleep(0.01)
    again = await AirRadio(air.socket).connect(peripheral.address)
    assert await again.read(LEVEL) == b"\x57"
    await again.close()
