"""What a Tello lets us read back; what only eyes and hands can tell, a person ticks."""

from medialab_agent.drivers.tello import words
from medialab_agent.drivers.tello.drone import Drone
from medialab_agent.drivers.tello.queries import Query
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

HEIGHT_MOST = 10
"""Centimetres; `h` of a drone on the table wavers around 0."""
SPEEDS = ("vgx", "vgy", "vgz")


def same_drone(known: str, answers: str) -> Check:
    """All Tellos answer at the same address: serial number or radio address must be the baseline's."""
    if not known or not answers:
        return _check("same-drone", words.SAME_DRONE, CheckResult.UNKNOWN, words.NOT_TOLD, words.SAME)
    result = CheckResult.PASSED if known == answers else CheckResult.FAILED
    return _check("same-drone", words.SAME_DRONE, result, words.SAME if known == answers else words.OTHER, words.SAME)


async def battery(drone: Drone) -> Check:
    """It tells its level; how much is enough, whoever lends it decides."""
    level = await drone.ask(Query.BATTERY)
    if level is None:
        return _check("battery", words.BATTERY, CheckResult.UNKNOWN, words.NOT_TOLD)
    return _check("battery", words.BATTERY, CheckResult.PASSED, Text.same(f"{level} %"))


async def still(drone: Drone, seconds: float) -> Check:
    """Over some seconds it stays on the ground, has no speed, and the time its motors have run does not grow."""
    packets = [packet for packet in await drone.states(seconds) if {"h", "time", *SPEEDS} <= packet[1].keys()]
    if len(packets) < 2 or packets[-1][0] - packets[0][0] < seconds / 2:
        return _check("still", words.STILL, CheckResult.UNKNOWN, words.NO_STATE, words.AT_REST)
    states = [state for _, state in packets]
    moves = any(abs(state["h"]) > HEIGHT_MOST or any(state[speed] for speed in SPEEDS) for state in states)
    runs = states[-1]["time"] != states[0]["time"]
    result = CheckResult.FAILED if moves or runs else CheckResult.PASSED
    return _check("still", words.STILL, result, words.MOVING if moves or runs else words.AT_REST, words.AT_REST)


def _check(check: str, title: Text, result: CheckResult, observed: Text, expected: Text | None = None) -> Check:
    return Check(id=check, title=title, result=result, observed=observed, expected=expected)
