"""A workshop's files are put on the printer, skipped when they are there, and fetched back to be sure."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import CheckResult
from tests.drivers.octoprint.peers import Peer
from tests.drivers.octoprint.session import Memory, link, run

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


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    yield driver
    await peer.admin.post("/api/files/local/current", json={"command": "unselect"})
    await peer.admin.delete("/api/files/local/workshop")
    await driver.close()


def wanted(hub: str, name: str, path: str) -> dict[str, object]:
    content = FILES[name]
    return {"path": path, "url": hub + name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


async def test_files_arrive_are_selected_and_read_back(peer: Peer, driver: Driver, hub: str) -> None:
    files = [wanted(hub, "/one", "workshop/Schlüssel anhänger.gcode"), wanted(hub, "/two", "workshop/b.gcode")]
    order = Order("x", "stage", params={"files": files, "select": "workshop/b.gcode"})
    first = await run(driver, order)
    assert first.changed == ["upload-0", "upload-1", "select"]
    assert set(first.results().values()) == {CheckResult.PASSED}
    assert (await peer.get("/api/job"))["job"]["file"]["path"] == "workshop/b.gcode"
    answer = await peer.admin.get("/downloads/files/local/workshop/Schlüssel anhänger.gcode")
    assert answer.content == FILES["/one"]
    state = await peer.get("/api/printer")
    assert not state["state"]["flags"]["printing"]
    assert not any(heater["target"] for heater in state["temperature"].values())
    assert await driver.plan(order) == ()


async def test_a_changed_file_is_replaced(peer: Peer, driver: Driver, hub: str) -> None:
    await peer.upload("workshop/b.gcode", b"G28\nM117 2wo\n")
    order = Order("x", "stage", params={"files": [wanted(hub, "/two", "workshop/b.gcode")]})
    assert (await driver.verify(order))[0].result is CheckResult.FAILED
    assert (await run(driver, order)).changed == ["upload-0", "select"]
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
async def test_paths_that_lead_outside_are_refused(peer: Peer, driver: Driver, hub: str, path: str) -> None:
    order = Order("x", "stage", params={"files": [wanted(hub, "/two", path)]})
    with pytest.raises(Refused):
        await driver.plan(order)
