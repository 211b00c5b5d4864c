"""Both brokers, real, for everything that speaks over the line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.brokers import RealBroker


@pytest.fixture(params=["mosquitto", "amqtt"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealBroker]:
    """A running broker of each kind."""
    real = RealBroker(request.param, tmp_path)
    real.start()
    yield real
    real.stop()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[RealBroker]:
    """A running mosquitto."""
    real = RealBroker("mosquitto", tmp_path)
    real.start()
    yield real
    real.stop()
