"""One real OctoPrint for all tests of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.drivers.octoprint.peers import Peer, RealPeer
from tests.peers.octoprint.rig import OctoPrintPeer


@pytest.fixture(scope="session")
def octoprint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OctoPrintPeer]:
    peer = OctoPrintPeer(tmp_path_factory.mktemp("octoprint") / "base")
    try:
        peer.start()
        yield peer
    finally:
        peer.stop()


@pytest.fixture(params=[pytest.param("real", marks=pytest.mark.peers)])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Peer]:
    found = RealPeer(request.getfixturevalue("octoprint"))
    yield found
    await found.admin.aclose()
