"""Printers that misbehave: no fault ever reads as clean, and each says what to do."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.driver import DRIVER, OctoPrintDriver
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator, scene
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import NeedsPerson, Unreachable
from medialab_wire.progress import CheckResult
from tests.fixtures.driver_session import Memory, link, reset_order, run
from tests.fixtures.printer_faults import (
    test_a_restart_in_the_midst_of_a_reset_does_no_harm,
    test_everything_a_group_leaves_is_gone_by_the_simulators_own_account,
    test_refused_deletion_is_said,
    test_reset_without_a_baseline_touches_nothing,
    test_residue_fails_its_check_and_nothing_else,
    test_the_plan_alone_changes_nothing,
    test_unreachable_printer_ends_in_trouble,
)

__all__ = [
    "test_a_restart_in_the_midst_of_a_reset_does_no_harm",
    "test_everything_a_group_leaves_is_gone_by_the_simulators_own_account",
    "test_refused_deletion_is_said",
    "test_reset_without_a_baseline_touches_nothing",
    "test_residue_fails_its_check_and_nothing_else",
    "test_the_plan_alone_changes_nothing",
    "test_unreachable_printer_ends_in_trouble",
]


@pytest.fixture
async def simulator() -> AsyncIterator[OctoPrintSimulator]:
    simulator = OctoPrintSimulator("op-fault", allow_after_s=0.0)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def driver(simulator: OctoPrintSimulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OctoPrintDriver]:
    monkeypatch.setattr(Client, "timeout_s", 1.0)
    memory = Memory({"octoprint-key": simulator.access.generate("MediaLab Hub")})
    driver = DRIVER(link(simulator.sighting(), memory=memory))
    driver.patience_s = 0.5
    yield driver
    await driver.close()


async def test_a_printer_that_hangs_ends_in_trouble(simulator: OctoPrintSimulator, driver: OctoPrintDriver) -> None:
    baseline = dict(await driver.snapshot())
    simulator.soil()
    simulator.faults.add(Fault.HANG)
    with pytest.raises(Unreachable):
        await run(driver, reset_order(baseline))
    await driver.stop()


async def test_slow_printer_is_only_slow(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "timeout_s", 10.0)
    monkeypatch.setattr("medialab_agent.drivers.octoprint.simulated.desk.SLOW_S", 0.2)
    baseline = dict(await driver.snapshot())
    simulator.faults.add(Fault.SLOW)
    simulator.film()
    assert (await run(driver, reset_order(baseline))).machine_passed()


async def test_locked_printer_denies_the_pairing(simulator: OctoPrintSimulator) -> None:
    simulator.faults.add(Fault.LOCKED)
    memory = Memory()
    driver = DRIVER(link(simulator.sighting(), memory=memory))
    with pytest.raises(NeedsPerson):
        await run(driver, Order("x", "pair"))
    assert "octoprint-key" not in memory
    await driver.close()


async def test_a_printer_that_hangs_does_not_hold_up_the_end_of_a_run(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.octoprint.driver.STOP_S", 0.2)
    order = reset_order(dict(await driver.snapshot()))
    simulator.film()
    (step,) = [step for step in await driver.plan(order) if step.id == "timelapses"]
    await driver.do(order, step, lambda *_: None)
    simulator.soil()
    simulator.faults.add(Fault.HANG)
    monkeypatch.setattr(Client, "timeout_s", 60.0)
    await driver.close()
    async with asyncio.timeout(10):
        await driver.stop()


async def test_stop_in_the_midst_of_a_reset_cancels_and_cools(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver
) -> None:
    order = reset_order(dict(await driver.snapshot()))
    simulator.film()
    (step,) = [step for step in await driver.plan(order) if step.id == "timelapses"]
    await driver.do(order, step, lambda part: None)
    simulator.soil()
    await driver.stop()
    await asyncio.sleep(0.5)
    assert (simulator.residue()["heaters"], simulator.machine.has_job) == (0, False)


async def test_what_was_stopped_once_stops_nothing_later(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver
) -> None:
    order = reset_order(dict(await driver.snapshot()))
    simulator.film()
    (step,) = [step for step in await driver.plan(order) if step.id == "timelapses"]
    await driver.do(order, step, lambda part: None)
    await driver.stop()
    simulator.soil()
    await driver.stop()
    assert simulator.machine.is_printing, "somebody's print after the reset is none of its business"


async def test_pairing_and_stopping_it_leaves_a_running_print_alone(simulator: OctoPrintSimulator) -> None:
    driver = DRIVER(link(simulator.sighting()))
    simulator.soil()
    assert (await run(driver, Order("x", "pair"))).changed == ["allow"]
    await driver.stop()
    assert simulator.machine.is_printing and simulator.residue()["heaters"] == 2
    await driver.close()


async def test_find_me_beeps(simulator: OctoPrintSimulator, driver: OctoPrintDriver) -> None:
    await driver.find_me()
    assert "M300 S880 P250" in simulator.machine.shown


async def test_the_scene_has_different_printers_that_start_and_stop() -> None:
    printers = scene()
    assert len(printers) >= 8
    for printer in printers:
        await printer.start()
    assert len({DRIVER.key(p.sighting()) for p in printers}) == len({p.port for p in printers}) == len(printers)
    for printer in printers:
        await printer.stop()


async def test_a_movie_still_being_made_is_waited_for(simulator: OctoPrintSimulator, driver: OctoPrintDriver) -> None:
    baseline = dict(await driver.snapshot())
    simulator.render("late", 1.0)
    result = await run(driver, reset_order(baseline))
    assert result.changed == ["timelapses"]
    assert result.machine_passed()
    await asyncio.sleep(1)
    assert simulator.residue()["timelapses"] == 0


async def test_hot_metal_is_never_called_safe(simulator: OctoPrintSimulator, driver: OctoPrintDriver) -> None:
    baseline = dict(await driver.snapshot())
    simulator.machine.heaters()["bed"].actual = 80.0
    checks = {check.id: check for check in await driver.verify(reset_order(baseline))}
    assert checks["heaters-off"].result is CheckResult.PASSED
    assert checks["safe-to-touch"].result is CheckResult.FAILED
    result = await run(driver, reset_order(baseline))
    assert result.changed == ["cool-down"]
    assert result.progress and result.machine_passed()


async def test_unreported_temperatures_are_not_taken_for_off(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.machine.heaters().clear()
    checks = {check.id: check.result for check in await driver.verify(reset_order(baseline))}
    assert checks["heaters-off"] is checks["safe-to-touch"] is CheckResult.UNKNOWN


async def test_a_baseline_without_hashes_still_keeps_its_files(
    simulator: OctoPrintSimulator, driver: OctoPrintDriver
) -> None:
    baseline = dict(await driver.snapshot())
    baseline["files"] = [[origin, path, size, None] for origin, path, size, _ in baseline["files"]]
    assert [step.id for step in await driver.plan(reset_order(baseline))] == ["heaters-off", "overrides", "bed-clear"]
