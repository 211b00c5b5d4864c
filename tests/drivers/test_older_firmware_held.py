"""A board that already holds the ordered image is not refused for its age: nothing, or the same again, is written."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from medialab_agent.drivers.arduino.driver import ArduinoDriver
from medialab_agent.drivers.arduino.simulator import ArduinoSimulator
from medialab_agent.drivers.daplink.driver import DapLinkDriver
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.drivers.esp.driver import EspDriver
from medialab_agent.drivers.esp.simulator import EspSimulator, open_scene
from medialab_agent.drivers.jlink_msd.driver import JLinkDriver
from medialab_agent.drivers.jlink_msd.simulator import JLinkSimulator
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.firmware_history import remember
from medialab_agent.sdk.scene import open_plainly
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.trouble import Refused
from tests.drivers.esp.peers import with_esptool
from tests.fixtures.driver_session import Memory, link, reset_order, run

KINDS: dict[str, tuple[type[Driver], type[Simulator], str]] = {
    "arduino": (ArduinoDriver, ArduinoSimulator, "atmega328p/medialab-default"),
    "daplink": (DapLinkDriver, DapLinkSimulator, "bbc-microbit-v1/medialab-default"),
    "esp": (EspDriver, EspSimulator, "esp32/quiet"),
    "jlink": (JLinkDriver, JLinkSimulator, "calliope-mini-2/medialab-default"),
}


def newer(script_id: str) -> Memory:
    """This board was once proven to carry a version that nothing here can reach."""
    memory = Memory()
    shipped = library().default("arduino-uno-r3").script
    remember(memory, shipped.model_validate({**shipped.model_dump(by_alias=True), "id": script_id, "version": "9999"}))
    return memory


@asynccontextmanager
async def board(kind: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Simulator, Driver]]:
    """One simulated board that carries its default program, and a driver that remembers a newer one."""
    driver, simulated, script_id = KINDS[kind]
    simulator = simulated(f"held-{kind}")
    async with AsyncExitStack() as stack:
        if kind == "esp":
            with_esptool(monkeypatch)
        settings = await (open_scene if kind == "esp" else open_plainly)(stack, [simulator])
        yield simulator, driver(link(simulator.sighting(), memory=newer(script_id), **settings))


@pytest.mark.parametrize("kind", [k if k != "esp" else pytest.param(k, marks=pytest.mark.peers) for k in KINDS])
async def test_what_is_there_already_is_no_step_back(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with board(kind, monkeypatch) as (simulator, driver):
        assert await driver.plan(reset_order({})) == ()
        simulator.soil()
        with pytest.raises(Refused, match="older-firmware"):
            await driver.plan(reset_order({}))


@pytest.mark.peers
async def test_what_a_learner_left_behind_the_right_program_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    async with board("esp", monkeypatch) as (simulator, driver):
        assert isinstance(simulator, EspSimulator)
        simulator.loader.flash[0x3F_FFFF] = 0x42
        assert (await run(driver, reset_order({}))).machine_passed()
        assert not any(simulator.residue().values())
