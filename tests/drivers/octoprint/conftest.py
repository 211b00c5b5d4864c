"""One real OctoPrint for all tests of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest

from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from tests.drivers.octoprint.peers import Peer, RealPeer, SimulatedPeer
from tests.peers.octoprint.rig import OctoPrintPeer


@pytest.fixture(scope="session")
def octoprint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OctoPrintPeer]:
    peer = OctoPrintPeer(tmp_path_factory.mktemp("octoprint") / "base")
    try:
        peer.start()
        yield peer
    finally:
        peer.stop()


@pytest.fixture(params=["simulated", pytest.param("real", marks=pytest.mark.peers)])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Peer]:
    if request.param == "real":
        found: Peer = RealPeer(request.getfixturevalue("octoprint"))
        yield found
        await found.admin.aclose()
        return
    simulator = OctoPrintSimulator("op-test", allow_after_s=None)
    await simulator.start()
    found = SimulatedPeer(simulator)
    yield found
    await found.admin.aclose()
    await simulator.stop()
