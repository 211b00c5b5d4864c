"""A real PrusaLink 0.8.1, its printer on a pseudo terminal: left hot and full, reset, read back from its own API."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.sdk.driver import Driver
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.prusalink.peers import GCODE, Peer, RealPeer, SimulatedPeer
from tests.drivers.prusalink.scenarios import prove_preheat, prove_reset
from tests.drivers.prusalink.session import driver_for, reset_order, run
from tests.fixtures.workshop_files import Copy, Shelf, prove_cut, prove_staging, shelf
from tests.lab.road.printer import listening, wait
from tests.peers.prusalink.printer import SERIAL
from tests.peers.prusalink.rig import HOSTNAME, PrusaLinkPeer

pytestmark = [pytest.mark.peers, pytest.mark.slow]
__all__ = ["shelf"]
Row = tuple[str, str, str, dict[str, Any] | None, int]

IDLE: tuple[Row, ...] = (
    ("version", "GET", "/api/version", None, 200),
    ("info", "GET", "/api/v1/info", None, 200),
    ("no job", "GET", "/api/v1/job", None, 204),
    ("no transfer", "GET", "/api/v1/transfer", None, 204),
    ("no card", "GET", "/api/v1/files/sdcard", None, 404),
    ("no file", "GET", "/api/v1/files/local/no.gcode", None, 404),
    ("print no file", "POST", "/api/v1/files/local/no.gcode", None, 404),
    ("stop an old job", "DELETE", "/api/v1/job/999", None, 404),
    ("nozzle", "POST", "/api/printer/tool", {"command": "target", "targets": {"tool0": 0}}, 204),
    ("bed", "POST", "/api/printer/bed", {"command": "target", "target": 0}, 204),
    ("speed", "POST", "/api/printer/printhead", {"command": "speed", "factor": 100}, 204),
    ("home", "POST", "/api/printer/printhead", {"command": "home", "axes": ["x"]}, 204),
    ("gcode", "POST", "/api/printer/command", {"commands": ["M84"]}, 404),
)
STOPPED: tuple[Row, ...] = (
    ("home", "POST", "/api/printer/printhead", {"command": "home", "axes": ["x"]}, 400),
    ("ready", "POST", "/api/printer/ready", None, 409),
)
PRINTING: tuple[Row, ...] = (
    ("print another", "POST", "/api/v1/files/local/b.gcode", None, 409),
    ("delete the running", "DELETE", "/api/v1/files/local/a.gcode", None, 409),
    ("delete another", "DELETE", "/api/v1/files/local/b.gcode", None, 204),
)


@pytest.fixture(scope="module")
def prusalink() -> Iterator[PrusaLinkPeer]:
    peer = PrusaLinkPeer()
    try:
        peer.launch()
        peer.wait_ready()
        yield peer
    finally:
        peer.stop()


@pytest.fixture
async def real(prusalink: PrusaLinkPeer) -> AsyncIterator[Peer]:
    peer = RealPeer(prusalink)
    await peer.settle()
    yield peer
    await peer.close()


@pytest.fixture
async def driver(real: Peer) -> AsyncIterator[Driver]:
    driver = driver_for(real.sighting(), password=real.password)
    yield driver
    await driver.stop()
    await driver.close()


async def test_hot_printing_and_full_it_is_reset_and_a_second_time_changes_nothing(real: Peer, driver: Driver) -> None:
    await prove_reset(real, driver)


async def test_a_forgotten_preheat_is_switched_off(real: Peer, driver: Driver) -> None:
    await prove_preheat(real, driver)


@pytest.mark.root
def test_it_announces_itself(prusalink: PrusaLinkPeer) -> None:
    assert prusalink.cable is not None, "as root it has a network of its own"
    with listening(prusalink.cable.here, "_prusalink._tcp.local.") as ear:
        wait(lambda: any(HOSTNAME in name for name in ear.heard), "it never announced itself", 60)


@pytest.mark.parametrize("by", ["password", "key"])
async def test_it_is_known_by_its_serial(real: Peer, by: str) -> None:
    driver = driver_for(real.sighting(), **{by: real.password if by == "password" else real.key})
    found = await driver.probe()
    assert (found.identities[0].kind, found.identities[0].value) == (IdentityKind.SERIAL, SERIAL)
    assert found.facts["cools_by"] == "command"
    await driver.close()


async def contents(peer: Peer) -> dict[str, bytes]:
    found = {}
    for path in await peer.paths():
        about = (await peer.admin.get(peer.file(path))).raise_for_status().json()
        if about["type"] == "PRINT_FILE":
            found[path] = (await peer.admin.get(about["refs"]["download"])).raise_for_status().content
    return found


def copy_of(peer: Peer) -> Copy:
    async def put(path: str, content: bytes) -> None:
        await peer.upload(path, content)
        await asyncio.sleep(1.2)  # it looks at its disk once a second
        async with asyncio.timeout(20):
            while path not in await peer.paths():
                await asyncio.sleep(0.1)

    return Copy(lambda: contents(peer), put)


KEPT = "good state/stays.gcode"
"""In a folder of its own: PrusaLink 0.8.1 hears nothing of a folder that was deleted and made again under its name."""


async def test_a_workshops_files_are_staged_replaced_and_cleared_away(real: Peer, driver: Driver, shelf: Shelf) -> None:
    await copy_of(real).put(KEPT, GCODE[:1000])
    baseline = await driver.snapshot()
    await prove_staging(driver, shelf, copy_of(real), ".gcode")
    assert (await run(driver, reset_order(baseline))).machine_passed()
    assert await contents(real) == {KEPT: GCODE[:1000]}


async def test_a_cancelled_upload_leaves_nothing_under_its_name(real: Peer, driver: Driver, shelf: Shelf) -> None:
    assert "stage/long.gcode" not in await prove_cut(driver, shelf, copy_of(real), ".gcode")
    await real.settle()


async def test_a_wrong_password_asks_for_a_person(real: Peer) -> None:
    for settings in ({"password": "wrong-password"}, {"key": "wrong"}, {}):
        driver = driver_for(real.sighting(), **settings)
        assert (await driver.probe()).access is Access.NEEDS_PERSON
        await driver.close()


async def answers(peer: Peer, rows: tuple[Row, ...]) -> list[tuple[str, int]]:
    return [(name, (await peer.admin.request(how, path, json=body)).status_code) for name, how, path, body, _ in rows]


async def prove_answers(peer: Peer) -> None:
    assert await answers(peer, IDLE) == [(row[0], row[4]) for row in IDLE]
    await peer.until("IDLE")
    await peer.upload("a.gcode", GCODE)
    await peer.upload("b.gcode", GCODE)
    await peer.start_print("a.gcode")
    await peer.until("PRINTING")
    async with asyncio.timeout(10):
        while "b.gcode" not in await peer.paths():
            await asyncio.sleep(0.1)
    assert await answers(peer, PRINTING) == [(row[0], row[4]) for row in PRINTING]
    job = (await peer.status())["job"]["id"]
    assert (await peer.admin.delete(f"/api/v1/job/{job}")).status_code == 204
    await peer.until("STOPPED")
    assert await answers(peer, STOPPED) == [(row[0], row[4]) for row in STOPPED]
    await peer.until("IDLE")


async def test_the_real_one_answers_like_this(real: Peer) -> None:
    await prove_answers(real)


async def test_the_simulated_one_answers_the_same() -> None:
    simulator = PrusaLinkSimulator("CZPX0009", settle_s=1.0, lag_s=0.3, rescan_s=0.3)
    await simulator.start()
    peer = SimulatedPeer(simulator)
    await prove_answers(peer)
    await peer.close()
    await simulator.stop()


async def test_prusalinks_other_announcements_are_not_taken_for_a_second_printer(real: Peer) -> None:
    facts = {"type": "_octoprint._tcp", "host": f"{HOSTNAME}.local", "address": real.host, "port": str(real.port)}
    assert type(driver_for(real.sighting())).key(Sighting(source="mdns", key="x", facts=facts)) is None
