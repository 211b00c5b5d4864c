"""What every PrusaLink is put through, the simulated one and the real one."""

import asyncio

from medialab_agent.sdk.driver import Driver
from medialab_wire.progress import CheckResult
from tests.drivers.prusalink.peers import Peer
from tests.drivers.prusalink.session import reset_order, run


async def soil(peer: Peer) -> None:
    await peer.upload("learners/klasse 3/Änne's würfel.gcode")
    await peer.upload("ben.gcode")
    await peer.upload("workshop/name.gcode", b"G28\nG1 X1\n")
    assert await peer.order("/api/printer/printhead", command="speed", factor=150) == 204
    assert await peer.order("/api/printer/tool", command="flowrate", factor=90) == 204
    await _until_heard(peer)
    await peer.start_print("ben.gcode")
    await peer.until("PRINTING")
    for _ in range(1000):
        status = await peer.status()
        if status["printer"].get("temp_nozzle", 0) > 60 and status["printer"].get("temp_bed", 0) > 42:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"it does not get hot: {status}")


async def _until_heard(peer: Peer) -> None:
    """PrusaLink 0.8.1 breaks for good when a print begins while its printer still confirms another order: a number of
    that is written down for a file whose path is not known yet (FilePrinter.serial_message_number_changed)."""
    async with asyncio.timeout(30):
        while [(await peer.status())["printer"].get(factor) for factor in ("speed", "flow")] != [150, 90]:
            await asyncio.sleep(0.1)


async def prove_reset(peer: Peer, driver: Driver) -> None:
    await peer.upload("workshop/name.gcode")
    await peer.upload("workshop/stays.gcode")
    async with asyncio.timeout(10):
        while "workshop/stays.gcode" not in await peer.paths():
            await asyncio.sleep(0.1)
    baseline = await driver.snapshot()
    kept = await peer.paths()
    await asyncio.sleep(1.1)  # the time of a change is told in whole seconds
    await soil(peer)

    dirty = await driver.report()
    assert dirty.facts["state"] == "printing"
    assert dirty.facts["safe_to_touch"] is False
    first = await run(driver, reset_order(baseline))

    assert {"end-job", "files"} <= set(first.changed)
    assert first.asked == ["bed-clear"]
    assert first.machine_passed(), first.checks
    assert first.results()["bed-clear"] is CheckResult.UNKNOWN

    printer = (await peer.status())["printer"]
    assert printer["state"] == "IDLE"
    assert (printer["target_nozzle"], printer["target_bed"]) == (0, 0)
    assert printer["temp_nozzle"] < 50 and printer["temp_bed"] < 40
    assert (printer["speed"], printer["flow"]) == (100, 100)
    assert await peer.paths() == kept - {"workshop/name.gcode"}
    assert (await peer.admin.get("/api/v1/job")).status_code == 204

    again = await run(driver, reset_order(baseline))
    assert again.changed == []
    assert again.machine_passed()
    after = await driver.report()
    assert (after.facts["state"], after.facts["safe_to_touch"]) == ("idle", True)
    assert after.traces == {"learner_files": 0}


async def prove_preheat(peer: Peer, driver: Driver) -> None:
    baseline = await driver.snapshot()
    assert await peer.order("/api/printer/bed", command="target", target=45) == 204
    async with asyncio.timeout(30):  # PrusaLink tells of it after its printer's next report
        while (await peer.status())["printer"].get("target_bed") != 45:
            await asyncio.sleep(0.1)
    result = await run(driver, reset_order(baseline))
    assert "heaters-off" in result.changed
    assert result.machine_passed(), result.checks
    assert (await peer.status())["printer"]["target_bed"] == 0
