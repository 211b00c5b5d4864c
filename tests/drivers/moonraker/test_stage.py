"""A workshop's files are put on the printer, skipped when they are there, and fetched back to be sure."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.stage import Gcodes
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.staged_files import StagedFiles
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import CheckResult
from tests.drivers.moonraker.peers import Peer
from tests.drivers.octoprint.session import run

FILES = {"/one": b"G28\nM117 one\n" * 5000, "/two": b"G28\nM117 two\n"}


@pytest.fixture
async def hub() -> AsyncIterator[str]:
    async def handle(ask: Ask) -> Reply:
        assert "x-api-key" not in ask.headers
        return Reply(200, FILES[ask.path]) if ask.path in FILES else Reply(404)

    server = Server(handle)
    await server.start()
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()


def wanted(hub: str, name: str, path: str) -> dict[str, object]:
    content = FILES[name]
    return {"path": path, "url": hub + name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


async def test_files_arrive_and_are_read_back(peer: Peer, driver: Driver, hub: str) -> None:
    files = [wanted(hub, "/one", "arrive/Schlüssel anhänger.gcode"), wanted(hub, "/two", "arrive/b.gcode")]
    order = Order("x", "stage", params={"files": files})
    first = await run(driver, order)
    assert first.changed == ["upload-0", "upload-1"]
    assert set(first.results().values()) == {CheckResult.PASSED}
    answer = await peer.admin.get("/server/files/gcodes/arrive/Schlüssel anhänger.gcode")
    assert answer.content == FILES["/one"]
    now = await peer.machine()
    assert (now["print_stats"]["state"], now["extruder"]["target"], now["heater_bed"]["target"]) == ("standby", 0, 0)
    assert await driver.plan(order) == ()


async def test_a_changed_file_is_replaced(peer: Peer, driver: Driver, hub: str) -> None:
    await peer.upload("workshop/b.gcode", b"G28\nM117 2wo\n")
    order = Order("x", "stage", params={"files": [wanted(hub, "/two", "workshop/b.gcode")]})
    assert (await driver.verify(order))[0].result is CheckResult.FAILED
    assert (await run(driver, order)).changed == ["upload-0"]
    assert (await driver.verify(order))[0].result is CheckResult.PASSED


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"url": "http://127.0.0.1:1/x", "sha256": "z"}])
async def test_a_file_that_is_not_what_was_ordered_never_arrives(
    peer: Peer, driver: Driver, hub: str, change: dict[str, str]
) -> None:
    order = Order("x", "stage", params={"files": [{**wanted(hub, "/two", "workshop/c.gcode"), **change}]})
    with pytest.raises(Refused):
        await run(driver, order)
    assert "workshop/c.gcode" not in await peer.paths()


@pytest.mark.parametrize("path", ["../c.gcode", "/c.gcode", "a/../c.gcode", ""])
async def test_paths_that_lead_outside_are_refused(hub: str, path: str) -> None:
    with pytest.raises(Refused):
        StagedFiles(
            Gcodes(Client("http://127.0.0.1:1")), Order("x", "stage", params={"files": [wanted(hub, "/two", path)]})
        )


async def test_staging_and_stopping_it_leaves_a_running_print_alone(peer: Peer, driver: Driver, hub: str) -> None:
    await peer.upload("run.gcode", b"".join(b"G1 X%d F600\n" % (n % 90) for n in range(300)))
    await peer.start_print("run.gcode")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "printing")
    order = Order("x", "stage", params={"files": [wanted(hub, "/two", "beside/b.gcode")]})
    assert (await run(driver, order)).changed == ["upload-0"]
    await driver.stop()
    assert (await peer.machine())["print_stats"]["state"] == "printing"
    await peer.post("/printer/print/cancel")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "cancelled")
    await peer.gcode("SDCARD_RESET_FILE")
    await peer.admin.delete("/server/files/gcodes/run.gcode")
