"""A workshop's files are put on the printer, skipped when they are there, and fetched back to be sure."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.sdk.driver import Driver
from medialab_wire.progress import CheckResult
from tests.drivers.octoprint.peers import Peer
from tests.fixtures.driver_session import Memory, link, run
from tests.fixtures.workshop_files import Copy, Shelf, bad_orders, prove_staging, refused, shelf

__all__ = ["shelf"]


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    yield driver
    await peer.admin.post("/api/files/local/current", json={"command": "unselect"})
    await peer.admin.delete("/api/files/local/stage")
    await driver.close()


@pytest.fixture
def copy(peer: Peer) -> Copy:
    async def contents() -> dict[str, bytes]:
        answers = {path: await peer.admin.get(f"/downloads/files/local/{path}") for path in await peer.paths()}
        return {path: answer.content for path, answer in answers.items() if answer.status_code == 200}

    return Copy(contents, peer.upload)


async def test_files_arrive_and_are_read_back(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    await prove_staging(driver, shelf, copy, ".gcode")


async def test_one_file_is_selected_and_nothing_is_heated_or_moved(peer: Peer, driver: Driver, shelf: Shelf) -> None:
    files = [shelf.wanted("/one", "stage/Schlüssel anhänger.gcode"), shelf.wanted("/two", "stage/b.gcode")]
    order = shelf.order(*files, select="stage/b.gcode")
    first = await run(driver, order)
    assert first.changed == ["upload-0", "upload-1", "select"]
    assert first.results() == {"files": CheckResult.PASSED, "selected": CheckResult.PASSED}
    assert (await peer.get("/api/job"))["job"]["file"]["path"] == "stage/b.gcode"
    state = await peer.get("/api/printer")
    assert not state["state"]["flags"]["printing"]
    assert not any(heater["target"] for heater in state["temperature"].values())
    assert await driver.plan(order) == ()
    assert (await run(driver, shelf.order(files[0]))).changed == ["select"]  # the only one is the one to choose


async def test_what_may_not_be_is_refused_and_changes_nothing(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    before = await copy.contents()
    for order, code in bad_orders(shelf, ".gcode"):
        assert await refused(driver, order) == code, order.params
    assert await copy.contents() == before
