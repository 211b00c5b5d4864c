"""The driver against a loader written by others, and the simulator's own answers against what esptool says."""

import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from medialab_agent.drivers.esp.driver import EspDriver
from medialab_agent.drivers.esp.simulated.loader import FAILED, MD5, Loader
from medialab_agent.drivers.esp.simulator import PROGRAM, EspSimulator, open_scene, own_firmware
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import CheckResult
from medialab_wire.reports import IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.esp.peers import HOME, with_esptool
from tests.fixtures.driver_session import Memory

ORDER = Order("x-1", "reset", "clean", baseline={})
pytestmark = pytest.mark.peers


@pytest.fixture(autouse=True)
def _esptool(monkeypatch: pytest.MonkeyPatch) -> None:
    with_esptool(monkeypatch)


@contextmanager
def mock(chip: str) -> Iterator[str]:
    """A loader by others; gives its device node."""
    command = [HOME / "esp32-mock-bootloader", "run", "--pty", "--port", "0", "--chip", chip]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"/dev/pts/\d+", line):
                yield found.group()
                return
        raise AssertionError("the loader did not start")
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def driver_on(tty: str, settings: Mapping[str, str]) -> EspDriver:
    facts = {"vid": "10c4", "pid": "ea60", "serial": "S", "path": "p", "tty": tty}
    more = {"before": "no-reset", "after": "no-reset", **settings}
    return EspDriver(DeviceLink("esp", (Sighting(source="usb", key="k", facts=facts),), Memory(), more))


async def carry_out(driver: EspDriver) -> dict[str, CheckResult]:
    for step in await driver.plan(ORDER):
        await driver.do(ORDER, step, lambda _part, _words=None: None)
    return {check.id: check.result for check in await driver.verify(ORDER)}


@pytest.mark.slow
async def test_a_foreign_loader_is_identified_erased_written_and_read_back(tmp_path: Path) -> None:
    with mock("esp32") as tty:
        driver = driver_on(tty, {"firmware": str(own_firmware(tmp_path))})
        probe = await driver.probe()
        assert [identity.kind for identity in probe.identities] == [IdentityKind.MAC]
        assert (probe.facts["chip"], probe.facts["flash_mb"]) == ("esp32", 4.0)
        assert (await driver.report()).traces == {"foreign_program": 1}
        assert await carry_out(driver) == {"program": CheckResult.PASSED, "rest": CheckResult.PASSED}
        assert await driver.plan(ORDER) == ()


@pytest.mark.parametrize("chip", ["esp32s3", "esp32c3"])
async def test_firmware_for_another_chip_is_refused_before_anything_is_written(chip: str, tmp_path: Path) -> None:
    with mock(chip) as tty:
        driver = driver_on(tty, {"firmware": str(own_firmware(tmp_path))})
        assert (await driver.probe()).facts["chip"] == chip
        assert (await driver.report()).traces == {}
        with pytest.raises(DeviceTrouble, match="no-firmware"):
            await driver.plan(ORDER)
        with pytest.raises(DeviceTrouble, match="wrong-device"):
            await driver.plan(Order("x-2", "reset", "clean", baseline={"firmware": "esp32/quiet"}))


@pytest.fixture
async def board() -> AsyncIterator[tuple[EspSimulator, EspDriver]]:
    """One simulated board and its driver."""
    async with AsyncExitStack() as stack:
        simulator = EspSimulator("esp-1")
        settings = await open_scene(stack, [simulator])
        yield simulator, driver_on(simulator.sighting().facts["tty"], settings)


async def test_a_chip_swapped_after_planning_is_refused_by_the_tool(board: tuple[EspSimulator, EspDriver]) -> None:
    simulator, driver = board
    simulator.soil()
    steps = await driver.plan(ORDER)
    simulator.loader.magic = 0x0000_07C6  # an ESP32-S2, esptool's targets/esp32s2.py
    before = simulator.loader.writes
    with pytest.raises(DeviceTrouble):
        await driver.do(ORDER, steps[0], lambda _part, _words=None: None)
    assert simulator.loader.writes == before


async def test_one_byte_anywhere_is_found(board: tuple[EspSimulator, EspDriver]) -> None:
    simulator, driver = board
    assert await driver.plan(ORDER) == ()
    simulator.loader.flash[0x3F_FFFF] = 0x42
    assert [step.id for step in await driver.plan(ORDER)] == ["write"]
    assert await carry_out(driver) == {"program": CheckResult.PASSED, "rest": CheckResult.PASSED}
    simulator.loader.flash[0x1_0000 + len(PROGRAM) - 1] ^= 1
    assert {c.id: c.result for c in await driver.verify(ORDER)}["program"] is CheckResult.FAILED


async def test_without_a_stored_program_a_reset_says_so(board: tuple[EspSimulator, EspDriver], tmp_path: Path) -> None:
    simulator, _driver = board
    driver = driver_on(simulator.sighting().facts["tty"], {"firmware": str(tmp_path)})
    assert (await driver.report()).traces == {}
    with pytest.raises(DeviceTrouble, match="no-firmware") as refused:
        await driver.plan(ORDER)
    assert "keine Firmware hinterlegt" in refused.value.trouble.text.de


class Stumbling(Loader):
    """Answers esptool's own question after writing, and fails once at the next one."""

    asked = 0

    def _answer(self, command: int, data: bytes) -> bytes:
        if command == MD5 and self.writes:
            self.asked += 1
            if self.asked == 2:
                return self._frame(command, failure=FAILED)
        return super()._answer(command, data)


async def test_a_read_back_that_fails_once_costs_an_attempt_and_not_the_reset(
    board: tuple[EspSimulator, EspDriver],
) -> None:
    simulator, driver = board
    simulator.loader = loader = Stumbling(simulator.loader.mac)
    simulator.soil()
    assert await carry_out(driver) == {"program": CheckResult.PASSED, "rest": CheckResult.PASSED}
    assert loader.asked > 3
