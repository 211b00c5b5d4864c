"""Printers with Buddy firmware: they take no commands, so cooling is a file, printed on a bed somebody looked at."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.prusalink.cooling import FILE
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.trouble import NeedsPerson, Refused
from medialab_wire.progress import CheckResult
from tests.drivers.prusalink.peers import SimulatedPeer
from tests.drivers.prusalink.session import driver_for, reset_order, run


@pytest.fixture
async def driver(buddy: SimulatedPeer) -> AsyncIterator[Driver]:
    driver = driver_for(buddy.sighting(), password=buddy.password)
    yield driver
    await driver.stop()
    await driver.close()


def heat(buddy: SimulatedPeer) -> None:
    """Somebody chose “Preheat” at the display, and turned the speed knob."""
    machine = buddy.simulator.machine
    machine.heaters["nozzle"].target, machine.heaters["bed"].target = 215.0, 60.0
    machine.factors["speed"] = 130.0


async def test_it_is_known_by_its_serial_and_says_how_it_cools(driver: Driver) -> None:
    found = await driver.probe()
    assert next(identity.value for identity in found.identities) == "10589-1"
    assert found.facts["cools_by"] == "file"


async def test_a_running_print_is_stopped_and_its_files_deleted(buddy: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    buddy.simulator.soil()
    result = await run(driver, reset_order(baseline))
    assert result.machine_passed(), result.checks
    assert not any(buddy.simulator.residue().values())
    assert (await driver.report()).facts["state"] == "idle"  # its STOPPED stays until somebody presses the knob
    again = await run(driver, reset_order(baseline))
    assert again.changed == [] and again.machine_passed()


async def test_a_preheat_is_ended_by_a_file_after_somebody_saw_the_bed(buddy: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    heat(buddy)
    buddy.simulator.machine.lag_s = 0.0
    result = await run(driver, reset_order(baseline))
    assert result.order == ["bed-clear", "cool-file", "cool-down"]
    assert result.machine_passed(), result.checks
    assert not any(buddy.simulator.residue().values())
    assert FILE not in buddy.simulator.store.disks["usb"]
    assert buddy.simulator.machine.homed == 0


async def test_the_file_of_an_interrupted_run_is_cleared_away(buddy: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    order = reset_order(baseline)
    heat(buddy)
    buddy.simulator.machine.lag_s = 0.0
    steps = {step.id: step for step in await driver.plan(order)}
    await buddy.upload(FILE, b"M104 S0\n")
    for heater in buddy.simulator.machine.heaters.values():
        heater.target = 0.0
    buddy.simulator.machine.factors["speed"] = 100.0
    done = await driver.do(order, steps["cool-file"], lambda part, words=None: None)
    assert not done.changed
    assert FILE not in buddy.simulator.store.disks["usb"]


async def test_without_a_stick_nothing_is_claimed(buddy: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    heat(buddy)
    buddy.simulator.machine.lag_s = 0.0
    buddy.simulator.store.disks.clear()
    with pytest.raises(NeedsPerson) as trouble:
        await run(driver, reset_order(baseline))
    assert trouble.value.trouble.code == "no-storage"
    checks = {check.id: check.result for check in await driver.verify(reset_order(baseline))}
    assert checks["learner-files"] is CheckResult.UNKNOWN
    assert checks["heaters-off"] is CheckResult.FAILED


async def test_it_cannot_show_itself_and_says_so(driver: Driver) -> None:
    with pytest.raises(Refused) as trouble:
        await driver.find_me()
    assert trouble.value.trouble.code == "cannot-show"
