"""Emptying a robot's program memories, and proving what cannot be read: Aseba has no message to read a program."""

import secrets

from medialab_agent.drivers.thymio import words
from medialab_agent.drivers.thymio.robot import Robot
from medialab_agent.sdk.steps import Done, Say
from medialab_wire.progress import CheckResult

PIECE = 256
"""Words of one message, as Aseba's own programs send them (msg.cpp, sendBytecode)."""
TABLE = 3
"""Words of the shortest table of events: its length, one event, where that begins."""
START_EVENT = 0xFFFF
"""ASEBA_EVENT_INIT"""
STORED = "Flashing OK"
"""What the robot says when it has read its permanent memory again and found it equal (AsebaWriteBytecode)."""


async def clear(robot: Robot, say: Say) -> Done:
    """Zero in every word: a table without events, and nothing behind it."""
    size = robot.layout.program
    for start in range(0, size, PIECE):
        await robot.load(start, (0,) * min(PIECE, size - start))
        say(min(1.0, (start + PIECE) / size))
    return Done()


async def store(robot: Robot) -> Done:
    """Make the empty memory the permanent one. Raises `Refused`."""
    said = await robot.store()
    if said != STORED:
        raise words.not_stored(said)
    return Done()


async def proven_empty(robot: Robot) -> CheckResult:
    """A reset tells whether a program begins by itself, and where. That this answer means something is tried out: a
    table that begins at a place thrown by dice, and none again. Nothing of it runs: after each, the robot waits."""
    if (await robot.reset()).is_event_set_up:
        return CheckResult.FAILED
    place = TABLE + secrets.randbelow(robot.layout.program - TABLE)
    told = await robot.load(0, (TABLE, START_EVENT, place))
    empty = await robot.load(0, (0,) * TABLE)
    has_meaning = told.is_event_set_up and told.is_held and told.pc == place
    return CheckResult.PASSED if has_meaning and not empty.is_event_set_up else CheckResult.UNKNOWN
