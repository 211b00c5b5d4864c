"""A workshop's files are put on the printer, skipped when they are there, and fetched back to be sure."""

import pytest

from medialab_agent.sdk.driver import Driver
from tests.drivers.moonraker.peers import Peer
from tests.fixtures.driver_session import run
from tests.fixtures.workshop_files import Copy, Shelf, bad_orders, prove_staging, refused, shelf

__all__ = ["shelf"]


@pytest.fixture
def copy(peer: Peer) -> Copy:
    async def contents() -> dict[str, bytes]:
        answers = {path: await peer.admin.get(f"/server/files/gcodes/{path}") for path in await peer.paths()}
        return {path: answer.content for path, answer in answers.items() if answer.status_code == 200}

    return Copy(contents, peer.upload)


async def test_files_arrive_and_are_read_back(peer: Peer, driver: Driver, shelf: Shelf, copy: Copy) -> None:
    await prove_staging(driver, shelf, copy, ".gcode")
    now = await peer.machine()
    assert (now["print_stats"]["state"], now["extruder"]["target"], now["heater_bed"]["target"]) == ("standby", 0, 0)


async def test_what_may_not_be_is_refused_and_changes_nothing(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    before = await copy.contents()
    for order, code in bad_orders(shelf, ".gcode"):
        assert await refused(driver, order) == code, order.params
    assert await copy.contents() == before


async def test_staging_and_stopping_it_leaves_a_running_print_alone(peer: Peer, driver: Driver, shelf: Shelf) -> None:
    await peer.upload("run.gcode", b"".join(b"G1 X%d F600\n" % (n % 90) for n in range(300)))
    await peer.start_print("run.gcode")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "printing")
    assert (await run(driver, shelf.order(shelf.wanted("/two", "beside/b.gcode")))).changed == ["upload-0"]
    await driver.stop()
    assert (await peer.machine())["print_stats"]["state"] == "printing"
    await peer.post("/printer/print/cancel")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "cancelled")
    await peer.gcode("SDCARD_RESET_FILE")
    await peer.admin.delete("/server/files/gcodes/run.gcode")
