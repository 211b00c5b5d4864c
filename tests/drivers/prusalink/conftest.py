"""Simulated printers, started."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from tests.drivers.prusalink.peers import SimulatedPeer


@pytest.fixture
async def peer() -> AsyncIterator[SimulatedPeer]:
    """PrusaLink on a Pi."""
    async for found in _started(PrusaLinkSimulator("CZPX0001", settle_s=1.0, lag_s=0.3, rescan_s=0.3)):
        yield found


@pytest.fixture
async def buddy() -> AsyncIterator[SimulatedPeer]:
    """Buddy firmware."""
    async for found in _started(PrusaLinkSimulator("10589-1", model="MK4", is_buddy=True, lag_s=0.2)):
        yield found


@pytest.fixture(params=["pi", "buddy"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[SimulatedPeer]:
    """Both, one after the other."""
    async for found in _started(PrusaLinkSimulator("CZPX0002", is_buddy=request.param == "buddy")):
        yield found


async def _started(simulator: PrusaLinkSimulator) -> AsyncIterator[SimulatedPeer]:
    await simulator.start()
    found = SimulatedPeer(simulator)
    yield found
    await found.close()
    await simulator.stop()
