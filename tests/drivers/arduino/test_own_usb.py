"""Boards whose chip speaks USB itself: foreign tools prove the simulators, and what differs is refused or said."""

import os
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from medialab_agent.drivers.arduino.driver import ArduinoDriver
from medialab_agent.drivers.arduino.simulated.chip import Chip
from medialab_agent.drivers.arduino.simulated.dfu import DfuBoot
from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    QUICK_R4,
    SECURED,
    SERIAL,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import CheckResult
from medialab_wire.reports import IdentityKind
from tests.drivers.arduino.own_usb_board import plugged
from tests.drivers.arduino.session import order, reset, results

PASSED = CheckResult.PASSED
BLINK = bytes(range(251)) * 8


def ran(*command: str) -> str:
    """What a tool says; it must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


async def test_avrdude_writes_reads_and_empties_the_simulated_leonardo(tmp_path: Path) -> None:
    """avrdude finds everything a Leonardo has."""
    image = tmp_path / "blink.bin"
    image.write_bytes(BLINK)
    simulator = OwnUsbSimulator("b-1")
    async with plugged(simulator):
        tool = ("avrdude", "-p", "m32u4", "-c", "avr109", "-b", "57600", "-P", simulator.board.tty)
        said = ran(*tool, "-D", "-U", f"flash:w:{image}:r", "-U", "hfuse:r:-:h", "-v")
        assert "CATERIN" in said
        assert "0xd8" in said
        assert simulator.chip.flash.startswith(BLINK)
    async with plugged(simulator) as driver:
        assert simulator.board.is_running
        assert (await driver.report()).traces == {"foreign_program": 1}


async def test_bossac_writes_reads_and_empties_the_simulated_nano(tmp_path: Path) -> None:
    """bossac knows the chip, and reads back what it wrote."""
    image, copy = tmp_path / "blink.bin", tmp_path / "copy.bin"
    image.write_bytes(BLINK)
    simulator = OwnUsbSimulator("b-1", model=NANO_33_IOT)
    async with plugged(simulator):
        simulator.chip.load(BLINK)
        tool = ("bossac", "-p", simulator.board.tty, "--usb-port=1", "--offset=0x2000")
        assert "ATSAMD21x18" in ran(*tool, "-i")
        ran(*tool, f"--read={len(BLINK)}", str(copy))
        assert copy.read_bytes() == BLINK
        boot = simulator.chip.flash[:0x2000]
        ran(*tool, "-e")
        assert not any(simulator.residue().values())
        assert simulator.chip.flash[:0x2000] == boot


@pytest.mark.parametrize("model", [LEONARDO, NANO_33_IOT], ids=lambda model: model.device_class)
async def test_each_is_emptied_and_read_back(model: OwnUsbModel) -> None:
    simulator = OwnUsbSimulator("b-1", model=model)
    simulator.soil()
    async with plugged(simulator) as driver:
        probe = await driver.probe()
        kept = simulator.chip.flash[: model.part.start] + simulator.chip.flash[model.part.application :]
        assert set(results(await reset(driver, order())).values()) == {PASSED}
        assert not any(simulator.residue().values())
        assert simulator.chip.flash[: model.part.start] + simulator.chip.flash[model.part.application :] == kept
        assert await driver.plan(order()) == ()
        assert (await driver.report()).traces == {"foreign_program": 0}
        assert (await driver.probe()).identities == probe.identities


async def test_the_serial_number_of_the_chip_is_the_same_in_program_and_boot_program() -> None:
    simulator = OwnUsbSimulator("b-1", model=NANO_33_IOT)
    async with plugged(simulator) as driver:
        (identity,) = (await driver.probe()).identities
        assert (identity.kind, identity.value) == (IdentityKind.SERIAL, SERIAL)


async def test_a_library_s_name_is_no_serial_number() -> None:
    simulator = OwnUsbSimulator("b-1", model=LEONARDO)
    simulator.soil()
    async with plugged(simulator) as driver:
        assert simulator.sighting().facts["serial"] == "HIDPC"
        probe = await driver.probe()
        assert [identity.kind for identity in probe.identities] == [IdentityKind.PLACE]
        assert ArduinoDriver.key(simulator.sighting()) == simulator.sighting().facts["path"]


@pytest.mark.parametrize("model", [LEONARDO, NANO_33_IOT], ids=lambda model: model.device_class)
async def test_another_chip_is_refused_and_nothing_is_written(model: OwnUsbModel) -> None:
    other = replace(model, part=replace(model.part, signature=b"\x1e\x95\x0f"))
    simulator = OwnUsbSimulator("b-1", model=other)
    simulator.soil()
    async with plugged(simulator) as driver:
        with pytest.raises(DeviceTrouble, match="wrong-chip"):
            await reset(driver, order())
        assert simulator.chip.writes == 0


async def test_what_a_secured_board_hides_is_never_called_clean() -> None:
    simulator = OwnUsbSimulator("b-1", model=SECURED)
    simulator.soil()
    async with plugged(simulator) as driver:
        found = results(await reset(driver, order()))
        assert found == {
            "program": CheckResult.UNKNOWN, "rest": CheckResult.UNKNOWN, "starts": PASSED, "eeprom": PASSED
        }  # fmt: skip
        assert not any(simulator.residue().values())


async def test_an_uno_r4_is_emptied_and_what_it_hides_is_said() -> None:
    simulator = OwnUsbSimulator("b-1", model=QUICK_R4)
    simulator.soil()
    async with plugged(simulator) as driver:
        probe = await driver.probe()
        found = results(await reset(driver, order()))
        assert found == {"program": PASSED, "rest": PASSED, "starts": PASSED, "eeprom": CheckResult.UNKNOWN}
        assert simulator.residue()["flash"] == 0
        assert simulator.chip.flash[: QUICK_R4.part.start] == Chip(QUICK_R4.part).flash[: QUICK_R4.part.start]
        assert await driver.plan(order()) == ()
        assert (await driver.probe()).identities == probe.identities
        await driver.find_me()


async def test_a_boot_program_that_does_not_read_back_is_never_called_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    writes_only = struct.pack("<BBBHHH", 9, 0x21, 0x05, 1000, 1024, 0x0101)
    monkeypatch.setattr(DfuBoot, "functional", property(lambda _boot: writes_only))
    simulator = OwnUsbSimulator("b-1", model=QUICK_R4)
    simulator.soil()
    async with plugged(simulator) as driver:
        found = results(await reset(driver, order()))
        assert (found["program"], found["rest"]) == (CheckResult.UNKNOWN, CheckResult.UNKNOWN)


@pytest.mark.parametrize("key", ["/simulated/usb1", "1-2.x", "1-", ""])
async def test_a_board_whose_usb_port_is_not_known_is_not_written(key: str) -> None:
    """Its number on the bus could be that of another board on another bus."""
    simulator = OwnUsbSimulator("b-1", model=QUICK_R4)
    simulator.soil()
    async with plugged(simulator) as driver:
        show = simulator.show
        simulator.show = lambda sighting: show(sighting.model_copy(update={"key": key}))
        with pytest.raises(DeviceTrouble, match="no-usb-place"):
            await reset(driver, order())
        assert simulator.chip.writes == 0


@pytest.mark.parametrize("size", [1000, 4093])
async def test_transfers_that_would_read_past_the_end_are_refused_before_anything_is_written(size: int) -> None:
    def uneven(chip: Chip, after_page: Callable[[], None], refuses: bool) -> DfuBoot:
        return DfuBoot(chip, after_page, refuses=refuses, transfer=size)

    simulator = OwnUsbSimulator("b-1", model=replace(QUICK_R4, program=uneven))
    simulator.soil()
    async with plugged(simulator) as driver:
        with pytest.raises(DeviceTrouble, match="bad-answer"):
            await reset(driver, order())
        assert simulator.chip.writes == 0


@pytest.mark.parametrize(
    ("model", "asked"),
    [(LEONARDO, b"A\0\0g\0\x80F"), (NANO_33_IOT, b"R00002000,0000003F#")],
    ids=["arduino-leonardo", "arduino-nano-33-iot"],
)
async def test_answers_nobody_waited_for_are_not_taken_for_ours(model: OwnUsbModel, asked: bytes) -> None:
    """Such boards do not start anew when their port is opened."""
    simulator = OwnUsbSimulator("b-1", model=model)
    simulator.chip.load(b"\xffCATERIN10v2.0 [Arduino:XYZ]" * 9)
    async with plugged(simulator) as driver:
        node = os.open(simulator.board.tty, os.O_RDWR | os.O_NOCTTY)
        os.write(node, asked * 3)
        probe = await driver.probe()
        os.close(node)
        assert "Arduino" in probe.name
        assert (await driver.report()).traces == {"foreign_program": 1}


async def test_rows_that_are_locked_are_found_by_reading_back() -> None:
    """bossac calls it a success."""
    simulator = OwnUsbSimulator("b-1", {Fault.REFUSE}, model=NANO_33_IOT)
    simulator.soil()
    async with plugged(simulator) as driver:
        assert results(await reset(driver, order()))["program"] is CheckResult.FAILED


async def test_a_program_that_does_not_hand_over_asks_for_the_button() -> None:
    simulator = OwnUsbSimulator("b-1", {Fault.LOCKED})
    simulator.soil()
    async with plugged(simulator, appears_s="0.3") as driver:
        with pytest.raises(DeviceTrouble, match="press-reset"):
            await reset(driver, order())
        assert simulator.chip.writes == 0


@pytest.mark.parametrize("model", [LEONARDO, NANO_33_IOT, QUICK_R4], ids=lambda model: model.device_class)
async def test_pulled_in_the_middle_it_stays_in_its_boot_program_and_is_brought_back(model: OwnUsbModel) -> None:
    before = set(psutil.pids())
    simulator = OwnUsbSimulator("b-1", model=model)
    simulator.soil()
    simulator.strike(20, simulator.pull)
    async with plugged(simulator) as driver:
        with pytest.raises(DeviceTrouble, match="device-unplugged"):
            await reset(driver, order())
        assert not [child.name() for child in psutil.Process().children(recursive=True) if child.pid not in before]
    async with plugged(simulator) as driver:
        assert not simulator.board.is_running
        assert results(await reset(driver, order()))["program"] is PASSED


async def test_a_leonardo_left_alone_in_its_boot_program_starts_its_program_again() -> None:
    simulator = OwnUsbSimulator("b-1")
    simulator.soil()
    simulator.board.boot_s = 0.3
    async with plugged(simulator) as driver:
        await driver.do(order(), (await driver.plan(order()))[0], lambda _part, _words=None: None)
        simulator.board.boot_s = 0.3
        assert not simulator.board.is_running
        assert set(results(await reset(driver, order())).values()) == {PASSED}
