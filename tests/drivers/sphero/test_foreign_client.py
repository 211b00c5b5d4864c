"""spherov2, a client written by others, talks to the simulated robots; and the simulators notice what moves."""

import pytest

from medialab_agent.drivers.sphero.simulator import SpheroSimulator
from medialab_agent.drivers.sphero.toys import BOLT, MINI, RVR, SPRK
from tests.fixtures.ble_peer import foreign_client

pytestmark = [pytest.mark.peers, pytest.mark.timeout(90)]


async def test_spherov2_understands_every_model_and_is_understood() -> None:
    robots = [SpheroSimulator(f"sphero-{model.prefix}", model=model) for model in (BOLT, MINI, RVR, SPRK)]
    robots[0].inside.pictures = 3
    said = await foreign_client("sphero", [*robots])
    names = [robot.own_name for robot in robots]
    assert said == [
        {"name": names[0], "charge": "OK", "model": "BOLT", "pictures": 3, "left": 0},
        {"name": names[1], "charge": "OK", "model": "Mini", "battery": 71, "firmware": "6.5.42"},
        {"name": names[2], "charge": "OK", "model": "RVR", "battery": 71},
        {"model": "SPRK+", "firmware": "9.17", "charge": "OK"},
    ]
    for robot in robots:
        done = [(effect.verb, effect.subject) for effect in robot.log]
        assert ("light", "on") in done
        assert ("move", "") in done, "a simulator that does not notice motion proves nothing about its absence"
