"""What learners' programs write to the serial port: without end, without lines, without letters; and who else reads."""

import asyncio
import fcntl
import os
import pty
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from medialab_agent.drivers.daplink.boards import MICROBIT_V1
from medialab_agent.sdk.firmware import Found
from medialab_agent.sdk.microbit.conversation import demand_proof, overhear
from medialab_agent.sdk.microbit.default_program import default_program
from medialab_agent.sdk.microbit.findings import ask_program
from medialab_agent.sdk.microbit.serial_line import LONGEST, SerialBusy, SerialLine
from medialab_agent.sdk.trouble import Unreachable

FLOODS = {
    "no line ends": b"x" * 4096,
    "only line ends": b"\n" * 4096,
    "no letters": bytes(range(256)) * 16,
    "escape sequences": b"\x1b]0;title\x07\x1b[2J\n" * 200,
    "half a banner": b"MEDIALAB default 2026.11.1 bbc-micro" * 100,
}


@asynccontextmanager
async def flooding(piece: bytes) -> AsyncIterator[str]:
    """A serial port that is never silent, faster than a real one can be."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    loop = asyncio.get_running_loop()

    def write() -> None:
        os.write(master, piece)

    loop.add_writer(master, write)
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_writer(master)
        os.close(slave)
        os.close(master)


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_is_another_program_and_ends_in_time(flood: str) -> None:
    async with flooding(FLOODS[flood]) as path:
        heard = await overhear(path, 0.5)
        assert heard.banner is None
        assert heard.spoke
        answer = await demand_proof(path, 0.5)
        assert answer.proof is None
        assert answer.spoke


async def test_lines_are_cut_and_cleaned() -> None:
    async with flooding(b"\x1b[31m" + b"y" * 1000 + b"\xff\n") as path, SerialLine(path) as line:
        for _ in range(5):
            words = await line.line(5)
            assert words is not None
            assert len(words) <= LONGEST
            assert words.isprintable()


async def test_two_readers_do_not_steal_each_others_bytes() -> None:
    master, slave = pty.openpty()
    fcntl.flock(slave, fcntl.LOCK_EX)
    path = os.ttyname(slave)
    program = default_program(Found("bbc-microbit-v1", chip="nRF51822", board_id="9901"), MICROBIT_V1.room)
    with pytest.raises(SerialBusy):
        await overhear(path, 0.1)
    _, (passed, _, observed) = await ask_program(MICROBIT_V1.id, MICROBIT_V1.room, program, path, 0.1)
    assert passed is None
    assert "anderes Programm" in observed.de
    os.close(slave)
    os.close(master)


async def test_a_port_that_goes_away_is_said() -> None:
    master, slave = pty.openpty()
    async with SerialLine(os.ttyname(slave)) as line:
        os.close(slave)
        os.close(master)
        with pytest.raises(Unreachable):
            await line.line(5)
    with pytest.raises(Unreachable):
        await overhear("/dev/no-such-port", 0.1)


async def test_a_port_opened_for_nobody_any_more_is_free_again() -> None:
    """A reading is given up for an order at any moment, also while a thread opens the port."""
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    for _ in range(20):
        reading = asyncio.create_task(overhear(path, 5))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with SerialLine(path):
            pass
    os.close(slave)
    os.close(master)
