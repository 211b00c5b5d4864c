"""What the Thymio driver proves, what it admits not to know, and that it never moves a robot."""

import random
import re
import struct
from pathlib import Path

import pytest

import medialab_agent.drivers.thymio as package
from medialab_agent.drivers.thymio.messages import HEAD, Kind, NotAseba, frames, packed
from medialab_agent.drivers.thymio.simulated import HELD, OFFSETS, MotorTouched, Thymio
from medialab_agent.drivers.thymio.simulator import LEARNERS, ThymioSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_hub.catalogue.loader import shipped
from medialab_hub.catalogue.told import told
from medialab_wire.progress import CheckResult
from medialab_wire.reports import IdentityKind
from tests.drivers.thymio.session import carry_out, order, plugged, results

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN


async def test_after_a_reset_nothing_starts_even_when_it_is_switched_on_again() -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.soil()
    async with plugged(robot) as driver:
        await carry_out(driver, robot)
        assert set(results(await driver.verify(order())).values()) == {PASSED}
    robot.robot.switch_on()
    assert not any(robot.robot.program)
    assert not any(robot.residue().values())


async def test_a_reset_message_alone_would_not_do() -> None:
    """What the firmware does: the program stays, held; switched on again, it is back."""
    robot = ThymioSimulator("Thymio 7")
    robot.soil()
    async with plugged(robot) as driver:
        assert results(await driver.verify(order()))["program"] is FAILED
    robot.robot.switch_on()
    assert tuple(robot.robot.program[: len(LEARNERS)]) == LEARNERS


async def test_a_program_that_cannot_be_overwritten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.soil()
    monkeypatch.setattr(robot.robot, "_loaded", lambda _start, _words: robot.robot._reset())
    async with plugged(robot) as driver:
        await carry_out(driver, robot)
        found = results(await driver.verify(order()))
    assert (found["program"], found["stored"]) == (FAILED, UNKNOWN)


async def test_a_robot_that_always_says_empty_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    robot = ThymioSimulator("Thymio 7")
    silent = lambda: robot.robot._say(Kind.EXECUTION_STATE, struct.pack("<HH", 0, HELD))  # noqa: E731
    monkeypatch.setattr(robot.robot, "_state", silent)
    async with plugged(robot) as driver:
        found = results(await driver.verify(order()))
    assert (found["program"], found["stored"]) == (UNKNOWN, UNKNOWN)


async def test_a_permanent_memory_that_differs_is_found() -> None:
    robot = ThymioSimulator("Thymio 7", {Fault.REFUSE})
    async with plugged(robot) as driver:
        found = results(await driver.verify(order()))
    assert (found["program"], found["stored"]) == (PASSED, FAILED)


async def test_a_card_that_stays_in_is_never_clean() -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.robot.has_card = True
    async with plugged(robot) as driver:
        assert results(await driver.verify(order()))["card"] is FAILED


async def test_wheels_that_turn_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    robot = ThymioSimulator("Thymio 7")
    zero = robot.robot._reset_variables

    def pushed() -> None:
        zero()
        robot.robot.set("motor.right.speed", 120)

    monkeypatch.setattr(robot.robot, "_reset_variables", pushed)
    async with plugged(robot) as driver:
        assert results(await driver.verify(order()))["still"] is FAILED


async def test_a_dongle_that_reaches_two_robots_changes_none() -> None:
    robot = ThymioSimulator("Thymio 7", is_radio=True)
    robot.robot.neighbours = 1
    robot.soil()
    before = list(robot.robot.program)
    async with plugged(robot) as driver:
        for call in (driver.probe(), driver.plan(order()), driver.verify(order()), driver.find_me()):
            with pytest.raises(NeedsPerson, match="several-robots"):
                await call
    assert robot.robot.program == before
    assert robot.log == []


async def test_a_robot_alone_behind_its_dongle_is_the_same_as_by_cable() -> None:
    by_radio, by_cable = ThymioSimulator("Thymio 7", is_radio=True), ThymioSimulator("Thymio 7")
    async with plugged(by_radio) as one, plugged(by_cable) as other:
        assert (await one.probe()).identities == (await other.probe()).identities
        assert (await one.report()).facts["connection"] == "radio"


async def test_an_order_for_one_robot_leaves_the_next_one_at_its_port_alone() -> None:
    first, second = ThymioSimulator("Thymio 7"), ThymioSimulator("Thymio 8")
    async with plugged(first) as driver:
        baseline = await driver.snapshot()
    second.soil()
    before = second.residue()
    async with plugged(second) as other:
        driver.link.sightings = other.link.sightings
        assert (await driver.report()).traces["renamed"] == 0
        step = (await driver.plan(order()))[1]
        wish = order(baseline)
        for call in (driver.plan(wish), driver.do(wish, step, lambda _part, _words=None: None), driver.verify(wish)):
            with pytest.raises(Unreachable, match="other-device"):
                await call
    assert second.residue() == before
    assert second.log == []


async def test_a_name_is_foreign_only_for_the_robot_whose_baseline_it_is() -> None:
    robot = ThymioSimulator("Thymio 7")
    async with plugged(robot) as driver:
        await driver.snapshot()
        robot.robot.name = "Robo von Ben"
        assert (await driver.report()).traces["renamed"] == 1


async def test_without_a_number_its_port_is_its_place() -> None:
    robot = ThymioSimulator("Thymio 7", has_number=False)
    async with plugged(robot) as driver:
        assert [identity.kind for identity in (await driver.probe()).identities] == [IdentityKind.PLACE]


async def test_old_firmware_knows_no_names_and_is_not_asked_for_them() -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.robot.protocol = 5
    robot.robot.name = "never read"
    async with plugged(robot) as driver:
        probe = await driver.probe()
        assert probe.name == "Thymio II"
        assert [step.id for step in await driver.plan(order())] == ["stop", "clear", "store"]
        assert results(await driver.verify(order()))["name"] is PASSED


async def test_reading_changes_nothing_and_shows_counts_only() -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.soil()
    before = (list(robot.robot.program), list(robot.robot.variables), robot.robot.flags, robot.robot.name)
    async with plugged(robot) as driver:
        await driver.snapshot()
        reading = await driver.report()
        await driver.probe()
        await driver.plan(order())
    assert (list(robot.robot.program), list(robot.robot.variables), robot.robot.flags, robot.robot.name) == before
    assert reading.traces == {"values": 3, "renamed": 0, "card": 1}
    assert reading.volatile == {"battery_v": 4.08}
    assert "Anna" not in str((reading.facts, reading.traces))


async def test_it_shines_and_then_looks_as_before() -> None:
    robot = ThymioSimulator("Thymio 7")
    robot.robot.set("leds.top", 1, 2, 3)
    async with plugged(robot) as driver:
        await driver.find_me()
        await driver.report()
        assert robot.robot.value("leds.top") == [1, 2, 3]


async def test_firmware_without_lights_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    robot = ThymioSimulator("Thymio 7")
    dark = packed(Kind.DESCRIPTION, tail=bytes([0]) + struct.pack("<7H", 9, 1534, 32, 620, 0, 0, 0), source=1)
    monkeypatch.setattr(robot.robot, "_described", lambda: dark)
    async with plugged(robot) as driver:
        with pytest.raises(Refused, match="cannot-show"):
            await driver.find_me()


def test_the_simulator_is_loud_when_a_motor_is_written() -> None:
    robot = Thymio("x", bytes(16), set(), lambda _verb: None)
    for name, (start, _size) in OFFSETS.items():
        data = packed(Kind.SET_VARIABLES, robot.node, start, 100)
        if name.startswith("motor."):
            with pytest.raises(MotorTouched):
                robot.heard(data, 115_200)
        else:
            robot.heard(data, 115_200)


def test_no_message_of_this_package_starts_a_program_or_names_a_motor_to_write() -> None:
    folder = Path(package.__file__ or "").parent
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    ours = {name: text for name, text in texts.items() if not name.startswith("simulat")}
    assert {name for name, text in ours.items() if re.search(r"[\"']motor\.", text)} == {"checks.py"}
    assert sum(text.count("SET_VARIABLES") for name, text in ours.items() if name != "messages.py") == 1
    forbidden = {0xA003: "RUN", 0xA005: "STEP", 0xA00E: "REBOOT"}
    assert not forbidden.keys() & {kind.value for kind in Kind}


@pytest.mark.parametrize("tty", ["", "/etc/passwd", "/dev/../etc/passwd", "relative"])
async def test_only_device_nodes_are_opened(tty: str) -> None:
    async with plugged(ThymioSimulator("Thymio 7")) as driver:
        sighting = driver.link.sightings[0]
        driver.link.sightings = (sighting.model_copy(update={"facts": {**sighting.facts, "tty": tty}}),)
        with pytest.raises(DeviceTrouble, match="unplugged"):
            await driver.probe()


def test_bytes_that_are_no_messages_end_in_words_not_in_crashes() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        buffer = bytearray(dice.randbytes(dice.randrange(40)))
        try:
            for frame in frames(buffer):
                assert len(frame.payload) <= 520
        except NotAseba:
            pass
        assert len(buffer) <= 40
    with pytest.raises(NotAseba):
        list(frames(bytearray(HEAD.pack(0xFFFF, 1, 0x900C))))


@pytest.mark.parametrize("is_radio", [False, True])
async def test_its_class_is_known_by_cable_and_by_radio(is_radio: bool) -> None:
    robot = ThymioSimulator("Thymio 7", is_radio=is_radio)
    async with plugged(robot) as driver:
        facts = (await driver.probe()).facts
    assert shipped().matcher.match([told("thymio", "robot", "x", ["usb"], facts, [])]).decided == "thymio-2"
