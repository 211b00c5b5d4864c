"""The peer of each scenario is the simulator here; the lab plays the same scenarios with the real program."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.moonraker.driver import DRIVER
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.sdk.driver import Driver
from tests.drivers.moonraker.peers import Peer, SimulatedPeer
from tests.fixtures.driver_session import link


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    simulator = MoonrakerSimulator("mr-test")
    await simulator.start()
    found = SimulatedPeer(simulator)
    yield found
    await found.admin.aclose()
    await simulator.stop()


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = DRIVER(link(peer.sighting()))
    await driver.probe()
    yield driver
    await driver.stop()
    await driver.close()
