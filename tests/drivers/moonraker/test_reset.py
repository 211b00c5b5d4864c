"""A learner group leaves a printer hot, printing and full; it comes back clean, and that is read back."""

import asyncio

from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.evidence import Advised
from medialab_wire.progress import Check, CheckResult
from tests.drivers.moonraker.peers import GCODE, Peer, RealPeer
from tests.fixtures.driver_session import reset_order, run

STEPS = ["queue", "end-job", "deselect", "heaters-off", "overrides", "files", "timelapses", "history", "cool-down"]


async def soil(peer: Peer) -> None:
    await peer.upload("learners/klasse 3/Änne's würfel.gcode")
    await peer.upload("ben.gcode")
    await peer.upload("geheim.txt", b"nur fuer mich")
    await peer.upload("workshop/name.gcode", GCODE.replace(b"F600", b"F900"))  # same name, same size
    peer.film()
    assert await peer.post("/server/job_queue/job", filenames="ben.gcode") == 200
    await peer.gcode("M106 S200", "M220 S150", "M221 S90", "SET_GCODE_OFFSET Z=0.15")
    await peer.start_print("ben.gcode")
    await peer.until(lambda m: m["extruder"]["temperature"] > 60 and m["heater_bed"]["temperature"] > 45)


async def test_hot_printing_printer_with_traces_is_reset_and_read_back(peer: Peer, driver: Driver) -> None:
    at_start = await peer.paths()
    await peer.upload("workshop/name.gcode")
    await peer.upload("workshop/stays.gcode")
    baseline = dict(await driver.snapshot())
    await soil(peer)

    dirty = await driver.report()
    assert dirty.facts["state"] == "printing"
    assert dirty.facts["safe_to_touch"] is False
    assert (dirty.traces["timelapses"], dirty.traces["queued_jobs"]) == (1, 1)
    first = await run(driver, reset_order(baseline))

    assert [*dict.fromkeys((*first.changed, "cool-down"))] == STEPS  # beside busy neighbours it is cool by then
    assert first.asked == ["bed-clear"]
    assert first.machine_passed(), first.checks
    assert first.results()["bed-clear"] is CheckResult.UNKNOWN

    now = await peer.machine()
    assert (now["print_stats"]["state"], now["print_stats"]["filename"]) == ("standby", "")
    assert now["virtual_sdcard"]["file_path"] is None
    assert [now[heater]["target"] for heater in ("extruder", "heater_bed")] == [0, 0]
    assert now["extruder"]["temperature"] < 50 and now["heater_bed"]["temperature"] < 40
    factors = now["gcode_move"]
    assert (factors["speed_factor"], factors["extrude_factor"], now["fan"]["speed"]) == (1, 1, 0)
    assert not any(factors["homing_origin"])
    assert await peer.paths() == at_start | {"workshop", "workshop/stays.gcode"}
    assert await peer.paths("timelapse") == set()
    assert (await peer.get("/server/history/list"))["jobs"] == []
    assert (await peer.get("/server/job_queue/status"))["queued_jobs"] == []

    again = await run(driver, reset_order(baseline))
    assert again.steps == {}
    assert again.asked == ["bed-clear"]
    assert again.machine_passed()
    after = await driver.report()
    assert (after.facts["state"], after.facts["safe_to_touch"]) == ("idle", True)
    assert set(after.traces.values()) == {0}


def result_of(checks: tuple[Check, ...], name: str) -> CheckResult:
    return next(check.result for check in checks if check.id == name)


async def test_changed_settings_are_noticed_and_said(peer: Peer, driver: Driver) -> None:
    path = "parts/fan.cfg" if isinstance(peer, RealPeer) else "macros/cancel.cfg"
    before = (await peer.admin.get(f"/server/files/config/{path}")).content
    baseline = dict(await driver.snapshot())
    await peer.upload(path, before + b"# anna war hier\n", "config")
    try:
        checks = await driver.verify(reset_order(baseline))
        assert result_of(checks, "configuration") is CheckResult.FAILED
        assert isinstance(checks, Advised) and checks.advice is not None
    finally:
        await peer.upload(path, before, "config")
    assert result_of(await driver.verify(reset_order(baseline)), "configuration") is CheckResult.PASSED


async def test_single_pictures_nobody_may_delete_are_said(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    peer.film("timelapse_frames")
    result = await run(driver, reset_order(baseline))
    peer.forget_frames()
    assert result.results()["timelapses"] is CheckResult.FAILED
    assert isinstance(result.checks, Advised) and "tmp" not in str(result.checks.advice)


async def test_a_printer_after_an_emergency_stop_is_restarted_first(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    assert await peer.post("/printer/emergency_stop") == 200
    async with asyncio.timeout(10):
        while (await driver.report()).facts["state"] != "error":
            await asyncio.sleep(0.1)
    said = (await driver.report()).help
    assert said is not None and "Klipper" in said.de
    unseen = {check.id for check in await driver.verify(reset_order(baseline)) if check.result is CheckResult.UNKNOWN}
    assert unseen == {"idle", "heaters-off", "safe-to-touch", "overrides", "configuration", "bed-clear"}
    result = await run(driver, reset_order(baseline))
    assert result.changed[0] == "restart"
    assert result.machine_passed(), result.checks


async def test_a_paused_print_is_cancelled_too(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    await peer.upload("cold.gcode", b"".join(b"G1 X%d F600\n" % (n % 90) for n in range(300)))
    await peer.start_print("cold.gcode")
    await peer.until(lambda m: m["print_stats"]["state"] == "printing")
    await peer.post("/printer/print/pause")
    await peer.until(lambda m: m["print_stats"]["state"] == "paused")
    assert (await driver.report()).facts["state"] == "paused"
    result = await run(driver, reset_order(baseline))
    assert {"end-job", "deselect", "files", "history"} <= set(result.changed)
    assert result.machine_passed(), result.checks
