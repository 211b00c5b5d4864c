"""One lab for each broker."""

from collections.abc import Iterator

import pytest

from tests.lab.hostile.rig import Rig


@pytest.fixture(scope="module", params=["mosquitto", "amqtt"])
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Hub, agent and five devices."""
    made = Rig(tmp_path_factory.mktemp(request.param), request.param)
    try:
        yield made.start()
    finally:
        made.stop()
