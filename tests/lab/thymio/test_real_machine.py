"""The driver on a real machine of Aseba: the program `asebadummynode`, made of the code robots have in their firmware.

It has no body: no motors, no names, no permanent memory. What can be shown here is that what the driver makes of the
machine's answers is right, and that erased programs are gone for it."""

import asyncio
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from medialab_agent.drivers.thymio import emptying
from medialab_agent.drivers.thymio.line import Line, opened
from medialab_agent.drivers.thymio.messages import HEAD, Kind
from medialab_agent.drivers.thymio.robot import Layout, Robot
from medialab_wire.progress import CheckResult

NODE, RUN = 1, 0xA003
LAYOUT = Layout(program=512, variables=1060, named={"id": (0, 1), "source": (1, 1), "args": (2, 34)})
"""Of its source, dummynode.cpp; asked for it, Debian's build of this program crashes."""
MARK = 40
"""A variable of a program's own."""
LEARNERS = (5, 0xFFFF, 5, 7, 8, 0x1007, 0x4000 | MARK, 0x0000, 0x1009, 0x4000 | MARK, 0x0000)
"""At its start it stores 7, at event 7 it stores 9."""
LATER = (3, 7, 3, 0x1009, 0x4000 | MARK, 0x0000)
"""Nothing at its start; at event 7 it stores 9."""


@pytest.fixture
def tty_path() -> Iterator[str]:
    """A serial port that leads to the machine, which itself knows TCP only."""
    program = shutil.which("asebadummynode")
    assert program is not None, "the peer is missing: sudo apt-get install -y aseba"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    machine = subprocess.Popen([program, "--port", str(port), "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert machine.stdout is not None and machine.stdout.readline().strip() == f"tcp:port={port}".encode()
        with socket.create_connection(("127.0.0.1", port)) as wire:
            yield from _joined(wire)
    finally:
        machine.kill()
        machine.communicate()


def _joined(wire: socket.socket) -> Iterator[str]:
    master, slave = os.openpty()
    tty.setraw(slave)
    ended, end = os.pipe()
    pump = threading.Thread(target=_pump, args=(master, wire, ended))
    pump.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.write(end, b".")
        pump.join()
        for fd in (master, slave, ended, end):
            os.close(fd)


def _pump(master: int, wire: socket.socket, ended: int) -> None:
    while True:
        ready = select.select([master, wire, ended], [], [])[0]
        if ended in ready:
            return
        with suppress(OSError):
            if master in ready:
                wire.sendall(os.read(master, 4096))
            if wire in ready:
                os.write(master, wire.recv(4096))


async def _lets_run(line: Line, robot: Robot) -> int:
    """What no message of the driver can: let the program run and send it event 7. What is in the variable then."""
    fd = line._fd
    os.write(fd, HEAD.pack(2, 0, RUN) + struct.pack("<H", NODE))
    await line.expect(Kind.EXECUTION_STATE, lambda frame: frame.source == NODE)
    os.write(fd, HEAD.pack(0, 0, 7))
    await asyncio.sleep(0.05)
    return (await robot._variables(MARK, 1))[0]


async def test_an_erased_program_neither_starts_nor_hears_its_events(tty_path: str) -> None:
    with opened(tty_path) as line:
        robot = await Robot.meet(line, LAYOUT)
        await robot.load(0, LEARNERS)
        assert await _lets_run(line, robot) == 9
        await robot.stop()
        assert await emptying.proven_empty(robot) is CheckResult.FAILED
        await emptying.clear(robot, lambda _part, _words=None: None)
        assert await emptying.proven_empty(robot) is CheckResult.PASSED
        await line.send(Kind.SET_VARIABLES, NODE, MARK, 1)
        assert await _lets_run(line, robot) == 1


async def test_a_reset_alone_keeps_the_program(tty_path: str) -> None:
    with opened(tty_path) as line:
        robot = await Robot.meet(line, LAYOUT)
        await robot.load(0, LEARNERS)
        state = await robot.reset()
        assert (state.pc, state.is_event_set_up, state.is_held) == (LEARNERS[2], True, True)
        assert await _lets_run(line, robot) == 9


async def test_a_program_without_a_start_is_silent_but_overwritten_by_the_proof(tty_path: str) -> None:
    """A reset cannot tell it from none; after the proof its table of events is gone all the same."""
    with opened(tty_path) as line:
        robot = await Robot.meet(line, LAYOUT)
        await robot.load(0, LATER)
        assert await _lets_run(line, robot) == 9
        assert not (await robot.reset()).is_event_set_up
        assert await emptying.proven_empty(robot) is CheckResult.PASSED
        await line.send(Kind.SET_VARIABLES, NODE, MARK, 1)
        assert await _lets_run(line, robot) == 1
