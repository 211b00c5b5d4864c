"""Two real Moonrakers for all tests of this folder: one with a printer, one that is locked and has none."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from medialab_agent.drivers.moonraker.driver import DRIVER
from medialab_agent.sdk.driver import Driver
from tests.drivers.moonraker.peers import Peer, RealPeer
from tests.fixtures.driver_session import link
from tests.peers.moonraker.rig import MoonrakerPeer


@pytest.fixture(scope="module")
def moonrakers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MoonrakerPeer, MoonrakerPeer]]:
    base = tmp_path_factory.mktemp("moonraker")
    printer = MoonrakerPeer(base / "printer", hostname=f"klipper-{os.getpid()}")
    bare = MoonrakerPeer(base / "bare", with_klipper=False, trusts_us=False, sockets=2, hostname="klipper-bare")
    try:
        for peer in (printer, bare):
            peer.prepare()
            peer.launch()
        for peer in (printer, bare):
            peer.wait_ready()
        yield printer, bare
    finally:
        printer.stop()
        bare.stop()


@pytest.fixture
def moonraker(moonrakers: tuple[MoonrakerPeer, MoonrakerPeer]) -> MoonrakerPeer:
    """With Klipper; trusts this machine."""
    return moonrakers[0]


@pytest.fixture
def bare(moonrakers: tuple[MoonrakerPeer, MoonrakerPeer]) -> MoonrakerPeer:
    """Without Klipper; wants a key; has room for two websockets."""
    return moonrakers[1]


@pytest.fixture
async def peer(moonraker: MoonrakerPeer) -> AsyncIterator[Peer]:
    found = RealPeer(moonraker)
    yield found
    await found.admin.aclose()


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = DRIVER(link(peer.sighting()))
    await driver.probe()
    yield driver
    await driver.stop()
    await driver.close()
