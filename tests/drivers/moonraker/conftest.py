"""Two real Moonrakers for all tests of this folder: one with a printer, one that is locked and has none."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from tests.drivers.moonraker.peers import REAL, Peer, RealPeer, SimulatedPeer
from tests.peers.moonraker.rig import MoonrakerPeer


@pytest.fixture(scope="session")
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


@pytest.fixture(params=["simulated", pytest.param("real", marks=REAL)])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Peer]:
    if request.param == "real":
        found: Peer = RealPeer(request.getfixturevalue("moonraker"))
        yield found
        await found.admin.aclose()
        return
    simulator = MoonrakerSimulator("mr-test")
    await simulator.start()
    found = SimulatedPeer(simulator)
    yield found
    await found.admin.aclose()
    await simulator.stop()
