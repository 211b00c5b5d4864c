"""What a Thymio lets us read back after a reset; never uses what the steps returned."""

from medialab_agent.drivers.thymio import emptying, words
from medialab_agent.drivers.thymio.robot import Robot
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

TURNING = 30
"""Speed beyond which a wheel turns; 500 is about 20 cm/s, and the reading of a wheel at rest wavers by a few
(wiki.thymio.org, programming interface)."""
MOTORS = ("motor.left.target", "motor.right.target", "motor.left.speed", "motor.right.speed")


async def all_checks(robot: Robot, wanted: str) -> tuple[Check, ...]:
    """In an order in which each check begins where the one before left the robot: held, and reset."""
    program = await emptying.proven_empty(robot)
    return (
        _program(program),
        await _stored(robot, program),
        await _values(robot),
        await _still(robot),
        await _name(robot, wanted),
        await _card(robot),
    )


def _program(result: CheckResult) -> Check:
    said = {CheckResult.PASSED: words.EMPTY, CheckResult.FAILED: words.A_PROGRAM}
    return _check("program", words.PROGRAM, result, said.get(result, words.TELLS_NOTHING), words.EMPTY)


async def _stored(robot: Robot, program: CheckResult) -> Check:
    """The robot itself compares both memories; that proves something only when one of them is known to be empty."""
    if program is not CheckResult.PASSED:
        return _check("stored", words.STORED, CheckResult.UNKNOWN, words.TELLS_NOTHING)
    try:
        is_equal = await robot.store() == emptying.STORED
    except Unreachable as error:
        if error.trouble.code != "device-unreachable":
            raise
        return _check("stored", words.STORED, CheckResult.UNKNOWN, words.TELLS_NOTHING)
    result = CheckResult.PASSED if is_equal else CheckResult.FAILED
    return _check("stored", words.STORED, result, words.COMPARED if is_equal else words.NOT_EQUAL, words.EMPTY)


async def _values(robot: Robot) -> Check:
    left = await robot.left_behind()
    result = CheckResult.FAILED if left else CheckResult.PASSED
    return _check("values", words.VALUES, result, count("Werte", "values", left), count("Werte", "values", 0))


async def _still(robot: Robot) -> Check:
    read = [await robot.values(name) for name in MOTORS]
    if not all(len(values) == 1 for values in read):
        return _check("still", words.STILL, CheckResult.UNKNOWN, words.NOT_TOLD)
    left, right, *speeds = (values[0] for values in read)
    moving = sum(abs(target) > 0 or abs(speed) > TURNING for target, speed in zip((left, right), speeds, strict=True))
    result = CheckResult.FAILED if moving else CheckResult.PASSED
    observed = count("Motoren, die sich drehen", "motors that turn", moving)
    return _check("still", words.STILL, result, observed, Text.same("0"))


async def _name(robot: Robot, wanted: str) -> Check:
    """Evidence never says how it is called."""
    if not robot.has_names:
        return _check("name", words.NAME, CheckResult.PASSED, words.NO_NAMES, words.SAME)
    is_same = await robot.name() == wanted
    result = CheckResult.PASSED if is_same else CheckResult.FAILED
    return _check("name", words.NAME, result, words.SAME if is_same else words.OTHER, words.SAME)


async def _card(robot: Robot) -> Check:
    """The robot looks for a card when it is reset, which it just was."""
    match await robot.values("sd.present"):
        case (0,):
            return _check("card", words.CARD, CheckResult.PASSED, words.CARD_NONE, words.CARD_NONE)
        case ():
            return _check("card", words.CARD, CheckResult.UNKNOWN, words.NOT_TOLD)
        case _:
            return _check("card", words.CARD, CheckResult.FAILED, words.CARD_IN, words.CARD_NONE)


def _check(check: str, title: Text, result: CheckResult, observed: Text, expected: Text | None = None) -> Check:
    return Check(id=check, title=title, result=result, observed=observed, expected=expected)
