"""Printers that misbehave: no fault ever reads as clean, and each says what to do."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.moonraker import machine, reset, restart
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.driver import DRIVER, MoonrakerDriver
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator, scene
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import NeedsPerson, Refused, Unreachable
from medialab_wire.progress import CheckResult
from tests.fixtures.driver_session import link, reset_order, run
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
async def simulator() -> AsyncIterator[MoonrakerSimulator]:
    simulator = MoonrakerSimulator("mr-fault")
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def driver(simulator: MoonrakerSimulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MoonrakerDriver]:
    monkeypatch.setattr(Client, "timeout_s", 1.0)
    monkeypatch.setattr(Client, "begin_s", 0.3)
    monkeypatch.setattr(reset, "SETTLE_S", 0.5)
    monkeypatch.setattr(restart, "PATIENCE_S", 0.5)
    driver = DRIVER(link(simulator.sighting()))
    driver.patience_s = 0.5
    yield driver
    await driver.close()


async def test_a_printer_that_locks_us_out_in_the_midst_needs_a_person(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.soil()
    simulator.faults.add(Fault.LOCKED)
    with pytest.raises(NeedsPerson):
        await run(driver, reset_order(baseline))


@pytest.mark.parametrize("told", [float("nan"), float("-inf"), 10**400], ids=["nan", "inf", "huge"])
def test_what_is_no_number_is_not_told(told: object) -> None:
    status = {"extruder": {"temperature": told, "target": 0.0}, "gcode_move": {"homing_origin": [told]}}
    found = machine._machine(status, ["extruder"], [])
    assert found.heat.safe_finding()[0] is found.is_normal is found.offset is None


async def test_a_printer_that_hangs_does_not_hold_up_the_end_of_a_run(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.moonraker.driver.STOP_S", 0.2)
    order = reset_order(dict(await driver.snapshot()))
    simulator.film()
    (step,) = [step for step in await driver.plan(order) if step.id == "timelapses"]
    await driver.do(order, step, lambda *_: None)
    simulator.soil()
    simulator.faults.add(Fault.HANG)
    monkeypatch.setattr(Client, "timeout_s", 60.0)
    monkeypatch.setattr(Client, "begin_s", 60.0)
    await driver.close()
    async with asyncio.timeout(10):
        await driver.stop()


async def test_stop_in_the_midst_of_a_reset_cancels_and_cools(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver
) -> None:
    order = reset_order(dict(await driver.snapshot()))
    simulator.film()
    (step,) = [step for step in await driver.plan(order) if step.id == "timelapses"]
    await driver.do(order, step, lambda *_: None)
    simulator.soil()
    await driver.stop()
    await asyncio.sleep(0.5)
    simulator.parts.machine.advance()
    assert (simulator.residue()["heaters"], simulator.parts.machine.has_job) == (0, False)


async def test_a_print_begun_after_a_reset_is_left_alone(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.soil()
    assert (await run(driver, reset_order(baseline))).machine_passed()
    await driver.stop()
    simulator.soil()
    await driver.stop()  # the end of a run in which there was nothing to do
    assert simulator.parts.machine.has_job and simulator.residue()["heaters"] == 2


async def test_a_cancel_without_effect_is_never_believed(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.soil()
    monkeypatch.setattr(simulator.parts.machine, "cancel", lambda: None)  # answers "ok" all the same
    order = reset_order(baseline)
    (step,) = [step for step in await driver.plan(order) if step.id == "end-job"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await driver.do(order, step, lambda *_: None)
    checks = {check.id: check.result for check in await driver.verify(order)}
    assert checks["idle"] is CheckResult.FAILED


async def test_klipper_that_reports_an_error_again_is_said(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.parts.machine.klippy = "error"
    monkeypatch.setattr(simulator.parts.machine, "restart", lambda: None)
    with pytest.raises(Refused) as trouble:
        await run(driver, reset_order(baseline))
    assert trouble.value.trouble.code == "klipper-error"
    simulator.parts.machine.klippy = "disconnected"
    with pytest.raises(Unreachable) as trouble_again:
        await run(driver, reset_order(baseline))
    assert trouble_again.value.trouble.code == "klipper-down"


async def test_find_me_writes_and_beeps(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.moonraker.driver.SHOW_S", 0.1)
    await driver.find_me()
    assert {"M117 MediaLab", "M300 S880 P250"} <= set(simulator.parts.machine.shown)
    assert simulator.parts.machine.message is None
    assert driver.unseen is None
    told = simulator.parts.machine.status
    without = {name: fields for name, fields in told().items() if name != "display_status"}
    monkeypatch.setattr(simulator.parts.machine, "status", lambda: without)
    await driver.find_me()
    assert driver.unseen is not None


async def test_hot_metal_is_never_called_safe(simulator: MoonrakerSimulator, driver: MoonrakerDriver) -> None:
    baseline = dict(await driver.snapshot())
    simulator.parts.machine.heaters()["heater_bed"].actual = 60.0
    checks = {check.id: check for check in await driver.verify(reset_order(baseline))}
    assert checks["heaters-off"].result is CheckResult.PASSED
    assert checks["safe-to-touch"].result is CheckResult.FAILED
    result = await run(driver, reset_order(baseline))
    assert result.changed == ["cool-down"]
    assert result.progress and result.machine_passed()


async def test_unreported_temperatures_are_not_taken_for_off(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.parts.machine.heaters().clear()
    checks = {check.id: check.result for check in await driver.verify(reset_order(baseline))}
    assert checks["heaters-off"] is checks["safe-to-touch"] is CheckResult.UNKNOWN


async def test_names_that_lead_elsewhere_are_not_followed(
    simulator: MoonrakerSimulator, driver: MoonrakerDriver
) -> None:
    baseline = dict(await driver.snapshot())
    simulator.parts.store.files["gcodes", "../../etc/passwd"] = b"x"
    simulator.parts.store.folders.add(("gcodes", ".."))
    with pytest.raises(Unreachable):
        await driver.plan(reset_order(baseline))


async def test_the_scene_has_different_printers_that_start_and_stop() -> None:
    printers = scene()
    assert len(printers) == 2
    for printer in printers:
        await printer.start()
    assert len({DRIVER.key(p.sighting()) for p in printers}) == len({p.port for p in printers}) == len(printers)
    for printer in printers:
        await printer.stop()
