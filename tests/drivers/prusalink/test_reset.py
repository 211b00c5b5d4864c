"""A learner group leaves a printer hot, printing and full; it comes back clean, and that is read back."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.progress import CheckResult
from tests.drivers.prusalink.peers import Peer, SimulatedPeer
from tests.drivers.prusalink.scenarios import prove_preheat, prove_reset
from tests.drivers.prusalink.session import driver_for, reset_order, run


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = driver_for(peer.sighting(), password=peer.password)
    yield driver
    await driver.stop()
    await driver.close()


async def test_hot_printing_printer_with_traces_is_reset_and_read_back(peer: Peer, driver: Driver) -> None:
    await prove_reset(peer, driver)


async def test_forgotten_preheat_is_switched_off(peer: Peer, driver: Driver) -> None:
    await prove_preheat(peer, driver)


async def test_files_on_the_memory_card_are_said_and_left_to_a_person(peer: SimulatedPeer, driver: Driver) -> None:
    store = peer.simulator.store
    store.disks["sdcard"], store.read_only = {}, frozenset({"sdcard"})
    baseline = await driver.snapshot()
    store.put("sdcard", "anna.gcode", b"G1 X1", 1)
    result = await run(driver, reset_order(baseline))
    assert result.results()["learner-files"] is CheckResult.FAILED
    advice = getattr(result.checks, "advice", None)
    assert advice is not None and "Speicherkarte" in advice.de
    assert "anna.gcode" in store.disks["sdcard"]


async def test_a_printer_that_waits_for_somebody_is_not_waited_for_in_silence(
    peer: SimulatedPeer, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.prusalink.cooling.PATIENCE_S", 0.3)
    baseline = await driver.snapshot()
    await peer.upload("ben.gcode")
    await peer.start_print("ben.gcode")
    peer.simulator.machine.state = "ATTENTION"
    with pytest.raises(NeedsPerson) as trouble:
        await run(driver, reset_order(baseline))
    assert trouble.value.trouble.code == "printer-waits"


async def test_what_is_not_told_is_unknown_and_never_passed(peer: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    peer.simulator.machine.lag_s = 1000
    peer.simulator.machine.telemetry()
    peer.simulator.machine._told.clear()  # nothing but a state, as after a start
    checks = await driver.verify(reset_order(baseline))
    unseen = {check.id for check in checks if check.result is CheckResult.UNKNOWN}
    assert unseen == {"heaters-off", "safe-to-touch", "overrides", "bed-clear"}


async def test_a_file_that_cannot_be_deleted_is_said(peer: SimulatedPeer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    await peer.upload("ben.gcode")
    peer.simulator.faults.add(Fault.REFUSE)
    result = await run(driver, reset_order(baseline))
    assert result.results()["learner-files"] is CheckResult.FAILED
