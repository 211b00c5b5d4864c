"""A hub, a real broker and a paper agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.brokers import RealBroker
from tests.fixtures.hubs import HubInThread, running_hub
from tests.fixtures.paper_agent import PaperAgent, obedient


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RealBroker]:
    """A running mosquitto."""
    real = RealBroker("mosquitto", tmp_path)
    real.start()
    yield real
    real.stop()


@pytest.fixture
def hub(broker: RealBroker, tmp_path: Path) -> Iterator[HubInThread]:
    """A whole hub that uses that broker."""
    with running_hub(tmp_path / "data", mqtt_url=broker.url, backup_every_h=0, mdns=False) as running:
        yield running


@pytest.fixture
def agent(hub: HubInThread, broker: RealBroker) -> Iterator[PaperAgent]:
    """An agent that does what it is told."""
    paper = PaperAgent(broker.url)
    paper.carry = obedient
    yield paper.start()
    paper.stop()
