"""pybricksdev's messages, written by others, are understood by the simulated hubs, and the other way round."""

import pytest

from medialab_agent.drivers.lego_lwp3.simulator import BOOST, CITY, ESSENTIAL, TECHNIC, Lwp3Simulator
from tests.fixtures.ble_peer import foreign_client

pytestmark = [pytest.mark.peers, pytest.mark.timeout(90)]


async def test_pybricksdev_understands_every_kind_and_is_understood() -> None:
    kinds = {BOOST: "BOOST", CITY: "CITY", TECHNIC: "TECHNIC", ESSENTIAL: "TECHNIC_SMALL"}
    hubs = [Lwp3Simulator(f"Hub {kind:x}", kind=kind) for kind in kinds]
    said = await foreign_client("lego", [*hubs])
    common = {"firmware": "1.0.00.0224", "battery": 76, "renamed": "Labor 1"}
    assert said == [{"kind": name, "name": f"Hub {kind:x}", **common} for kind, name in kinds.items()]
    assert all(hub.name == "Labor 1" for hub in hubs)
    assert all(("light", "busy") in [(effect.verb, effect.subject) for effect in hub.log] for hub in hubs)
