"""A learner group leaves a printer hot, printing and full; it comes back clean, and that is read back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.sdk.driver import Driver
from medialab_wire.progress import CheckResult
from tests.drivers.octoprint.peers import GCODE, Peer
from tests.fixtures.driver_session import Memory, link, reset_order, run


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    memory = Memory({"octoprint-key": await peer.key()})
    driver = DRIVER(link(peer.sighting(), memory=memory))
    yield driver
    await driver.stop()
    await driver.close()


async def soil(peer: Peer) -> None:
    await peer.upload("learners/klasse 3/Änne's würfel.gcode")
    await peer.upload("ben.gcode")
    await peer.upload("workshop/name.gcode", GCODE.replace(b"F3000", b"F9000"))  # same name, same size
    peer.film()
    await peer.put_on_card("anna_am_abend.gcode")
    assert await peer.order("/api/printerprofiles", profile={"id": "ben", "name": "Ben", "model": "x"}) == 200
    changed = {"profile": {"volume": {"depth": 123.0}}}
    assert (await peer.admin.patch("/api/printerprofiles/_default", json=changed)).status_code == 200
    assert await peer.order("/api/printer/bed", command="target", target=60) == 204
    await peer.start_print("ben.gcode")
    for _ in range(200):
        temperature = (await peer.get("/api/printer"))["temperature"]
        if temperature.get("tool0", {}).get("actual", 0) > 60 and temperature["bed"]["actual"] > 45:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("never got hot")


async def test_hot_printing_printer_with_traces_is_reset_and_read_back(peer: Peer, driver: Driver) -> None:
    at_start = await peer.paths()
    await peer.upload("workshop/name.gcode")
    await peer.upload("workshop/stays.gcode")
    baseline = dict(await driver.snapshot())
    before = (await peer.get("/api/printerprofiles"))["profiles"]
    await soil(peer)

    dirty = await driver.report()
    assert dirty.facts["state"] == "printing"
    assert dirty.facts["safe_to_touch"] is False
    assert dirty.traces["timelapses"] == 2
    first = await run(driver, reset_order(baseline))

    # heaters-off may find nothing: OctoPrint's own script for cancelled prints cools already
    changed = [name for name in first.changed if name != "heaters-off"]
    assert changed == ["end-job", "deselect", "files", "timelapses", "profile", "cool-down"]
    assert first.asked == ["bed-clear"]
    assert first.machine_passed(), first.checks
    assert first.results()["bed-clear"] is CheckResult.UNKNOWN
    assert first.progress == sorted(first.progress)

    state = await peer.get("/api/printer")
    assert state["state"]["flags"]["ready"] and not state["state"]["flags"]["cancelling"]
    assert [heater["target"] for heater in state["temperature"].values()] == [0, 0]
    assert state["temperature"]["tool0"]["actual"] < 50 and state["temperature"]["bed"]["actual"] < 40
    assert await peer.paths() == at_start | {"workshop", "workshop/stays.gcode"}
    films = await peer.get("/api/timelapse", unrendered="true", force="true")
    assert films["files"] == films["unrendered"] == []
    assert (await peer.get("/api/printerprofiles"))["profiles"] == before
    assert (await peer.get("/api/job"))["job"]["file"]["path"] is None

    again = await run(driver, reset_order(baseline))
    assert again.changed == []
    assert again.asked == ["bed-clear"]
    assert again.machine_passed()
    after = await driver.report()
    assert (after.facts["state"], after.facts["safe_to_touch"]) == ("idle", True)
    assert after.traces == {"learner_files": 0, "timelapses": 0}


async def test_forgotten_preheat_is_switched_off(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    assert await peer.order("/api/printer/bed", command="target", target=45) == 204
    async with asyncio.timeout(30):  # OctoPrint tells of it after its next poll of the printer
        while (await peer.get("/api/printer"))["temperature"]["bed"]["target"] != 45:
            await asyncio.sleep(0.1)
    result = await run(driver, reset_order(baseline))
    assert result.changed[0] == "heaters-off"
    assert result.machine_passed(), result.checks
    assert (await peer.get("/api/printer"))["temperature"]["bed"]["target"] == 0


async def test_heat_that_is_not_reported_yet_is_switched_off_all_the_same(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    assert await peer.order("/api/printer/bed", command="target", target=45) == 204
    assert "heaters-off" in (await run(driver, reset_order(baseline))).steps
    await asyncio.sleep(3)  # longer than OctoPrint's poll, so that a late 45 would show
    assert (await peer.get("/api/printer"))["temperature"]["bed"]["target"] == 0


async def test_a_printer_that_was_switched_off_is_connected_first(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    assert await peer.order("/api/connection", command="disconnect") == 204
    async with asyncio.timeout(30):
        while (await peer.admin.get("/api/printer")).status_code != 409:
            await asyncio.sleep(0.1)
    assert (await driver.report()).facts["state"] == "offline"
    unseen = {check.id for check in await driver.verify(reset_order(baseline)) if check.result is CheckResult.UNKNOWN}
    assert unseen == {"idle", "heaters-off", "safe-to-touch", "bed-clear"}
    result = await run(driver, reset_order(baseline))
    assert result.changed[0] == "connect"
    assert result.machine_passed(), result.checks


async def test_another_profile_in_use_is_left_again(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    assert await peer.order("/api/printerprofiles", profile={"id": "mia", "name": "Mia", "model": "x"}) == 200
    assert await peer.order("/api/connection", command="disconnect") == 204
    assert await peer.order("/api/connection", command="connect", printerProfile="mia") == 204
    async with asyncio.timeout(30):
        while (await peer.get("/api/connection"))["current"]["printerProfile"] != "mia":
            await asyncio.sleep(0.1)
    result = await run(driver, reset_order(baseline))
    assert "profile" in result.changed
    assert result.machine_passed(), result.checks
    assert list((await peer.get("/api/printerprofiles"))["profiles"]) == ["_default"]
    assert (await peer.get("/api/connection"))["current"]["printerProfile"] == "_default"


async def test_nothing_is_moved_whatever_an_order_says(peer: Peer, driver: Driver) -> None:
    baseline = dict(await driver.snapshot())
    wish = reset_order(baseline, home=True, firmware_defaults=True)
    assert await driver.plan(wish) == await driver.plan(reset_order(baseline))
