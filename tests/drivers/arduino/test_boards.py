"""Boards by their ids, their chips and their boot programs."""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import medialab_agent.drivers.arduino as package
from medialab_agent.drivers.arduino.boards import boards
from medialab_agent.drivers.arduino.driver import MANIFEST, ArduinoDriver
from medialab_agent.drivers.arduino.simulator import MEGA, NANO, UNO, ArduinoSimulator, Model
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import CheckResult
from medialab_wire.reports import IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.arduino.session import Memory, driver_of, order, reset, results


@asynccontextmanager
async def plugged(simulator: ArduinoSimulator) -> AsyncIterator[ArduinoSimulator]:
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


@pytest.mark.parametrize("model", [UNO, NANO, MEGA], ids=lambda model: model.device_class)
async def test_each_kind_is_told_by_its_chip_reset_and_read_back(model: Model) -> None:
    async with plugged(ArduinoSimulator("b-1", model=model)) as board:
        driver, wish = driver_of(board), order()
        board.soil()
        probe = await driver.probe()
        assert (await driver.report()).traces == {"foreign_program": 1}
        assert set(results(await reset(driver, wish)).values()) == {CheckResult.PASSED}
        assert not any(board.residue().values())
        assert await driver.plan(wish) == ()
        assert (await driver.report()).facts["board"] == probe.name
        await driver.probe()
        assert (await driver.report()).traces == {"foreign_program": 0}


async def test_the_boot_program_survives_everything() -> None:
    async with plugged(ArduinoSimulator("b-1")) as board:
        before = bytes(board.chip.flash[board.model.part.application :])
        board.soil()
        await reset(driver_of(board), order())
        assert bytes(board.chip.flash[board.model.part.application :]) == before


async def test_another_chip_than_the_board_should_have_is_refused_and_nothing_is_written() -> None:
    other = replace(UNO, part=replace(UNO.part, signature=bytes.fromhex("1e9514")))
    async with plugged(ArduinoSimulator("b-1", model=other)) as board:
        board.soil()
        with pytest.raises(DeviceTrouble, match="wrong-chip"):
            await reset(driver_of(board), order())
        assert board.chip.writes == 0


async def test_firmware_of_another_board_is_refused_and_nothing_is_written() -> None:
    async with plugged(ArduinoSimulator("b-1")) as board:
        board.soil()
        with pytest.raises(DeviceTrouble, match="no-firmware"):
            await reset(driver_of(board), order({"firmware": "atmega2560/medialab-default"}))
        assert board.chip.writes == 0


async def test_without_a_serial_number_the_port_is_the_place() -> None:
    async with plugged(ArduinoSimulator("b-1", model=NANO)) as board:
        probe = await driver_of(board).probe()
        assert [identity.kind for identity in probe.identities] == [IdentityKind.PLACE]
        assert probe.facts["has_serial"] is False


async def test_a_board_that_is_only_recognised_says_so_and_is_never_reset() -> None:
    facts = {"vid": "2341", "pid": "1002", "serial": "S", "path": "p", "tty": "/dev/ttyACM7"}
    driver = ArduinoDriver(DeviceLink("r4", (Sighting(source="usb", key="k", facts=facts),), Memory()))
    assert (await driver.probe()).name == "Arduino Uno R4 WiFi"
    assert (await driver.report()).traces == {}
    for call in (driver.plan, driver.verify):
        with pytest.raises(DeviceTrouble, match="board-not-supported"):
            await call(order())


@pytest.mark.parametrize("tty", ["", "/etc/passwd", "/dev/../etc/passwd", "relative"])
async def test_only_device_nodes_are_opened(tty: str) -> None:
    facts = {"vid": "2341", "pid": "0043", "serial": "S", "tty": tty}
    driver = ArduinoDriver(DeviceLink("x", (Sighting(source="usb", key="k", facts=facts),), Memory()))
    with pytest.raises(DeviceTrouble):
        await driver.probe()


@pytest.mark.parametrize("vid_pid", sorted({one for board in boards() for one in board.usb}))
def test_every_board_in_the_list_is_matched(vid_pid: str) -> None:
    vid, _, pid = vid_pid.partition(":")
    found = candidates(Sighting(source="usb", key="k", facts={"vid": vid, "pid": pid}), [MANIFEST])
    assert [candidate.driver for candidate in found] == ["arduino"]


@pytest.mark.parametrize("vid_pid", ["1a86:7523", "1a86:55d4", "0403:6001", "0403:6015", "10c4:ea60"])
def test_the_chip_of_a_cable_alone_never_chooses_a_driver(vid_pid: str) -> None:
    vid, _, pid = vid_pid.partition(":")
    found = candidates(Sighting(source="usb", key="k", facts={"vid": vid, "pid": pid}), Shelf().manifests)
    best = {candidate.driver for candidate in found if candidate.score == found[0].score}
    assert {"arduino", "esp"} <= best


def test_boards_have_ids_of_their_own_and_complete_ways() -> None:
    assert len({board.id for board in boards()}) == len(boards())
    assert all(board.part and board.signature and board.flash for board in boards() if board.ways)
    assert all(bool(board.ways) + bool(board.own_usb) + bool(board.tool) == 1 for board in boards())
    assert all(set(board.own_usb.boot) < set(board.usb) for board in boards() if board.own_usb)
    assert all(board.part for board in boards() if board.own_usb and board.own_usb.family == "avr109")
    usb = [one for board in boards() for one in board.usb]
    assert len(usb) == len(set(usb))
    assert tomllib.loads((Path(package.__file__ or "").parent / "boards.toml").read_text())["boards"]


async def test_a_foreign_program_that_only_begins_like_ours_is_written_over() -> None:
    async with plugged(ArduinoSimulator("b-1")) as board:
        board.chip.flash[20_000:20_010] = b"Telefon 12"
        driver, wish = driver_of(board), order()
        assert [step.id for step in await driver.plan(wish)] == ["preflight", "write"]
        assert results(await driver.verify(wish))["rest"] is CheckResult.FAILED
        assert set(results(await reset(driver, wish)).values()) == {CheckResult.PASSED}
