"""What comes back is reset by itself and bookable again without a click, but only when its reset is proven.

MEDIALAB_RETURN_FAULTS: how many resets go wrong, on each database; a few of each kind without it."""

import contextlib
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from medialab_hub.storage.database import open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.workers import returner
from tests.fixtures.brokers import RealBroker
from tests.fixtures.hub_core import hub_core
from tests.fixtures.hubs import running_hub
from tests.fixtures.postgresql import create_on, postgresql_server
from tests.lab.returns.faults import FAULTS
from tests.lab.returns.rooms import CoreRoom, HubRoom
from tests.lab.returns.rounds import Lab, run

WANTED = int(os.environ.get("MEDIALAB_RETURN_FAULTS", "0"))
BY_WIRE = min(WANTED // 10, 500) or 8
MANY, FEW = 20, 12
"""Devices that are lent and returned at once."""
SEED = int(os.environ.get("MEDIALAB_RETURN_SEED", "0"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(36_000)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.sqlite'}"
        return
    with postgresql_server() as server:
        yield create_on(server, "returns")


def tell(name: str, lab: Lab, begun: float) -> None:
    """The counts by kind."""
    print(f"\n{name}: {lab.injected} resets went wrong in {time.monotonic() - begun:.0f} s, 0 devices bookable without "
          f"evidence: {dict(sorted(lab.counts.items()))}")  # fmt: skip


def test_nothing_is_bookable_without_evidence(url: str) -> None:
    """The hub's ingest on both databases."""
    is_file = make_url(url).get_backend_name() == "sqlite"
    faults = WANTED or (len(FAULTS) if is_file else len(FAULTS) // 4)
    begun, chance = time.monotonic(), random.Random(SEED)
    database = open_database(url)
    migrate(database)
    with hub_core(database) as core, contextlib.closing(CoreRoom(core)) as room:
        lab = Lab(room, chance, MANY if is_file or WANTED else FEW)
        run(lab, chance, faults)
    database.close()
    tell(url.split(":")[0], lab, begun)
    assert lab.injected >= faults
    assert faults < len(FAULTS) or lab.counts.keys() >= FAULTS.keys()


def test_a_running_hub_makes_nothing_bookable_without_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the agents' messages at a real broker to what people are told by HTTP."""
    monkeypatch.setattr(returner, "PERIOD_S", 0.1)
    begun, chance = time.monotonic(), random.Random(SEED)
    assert shutil.which("mosquitto"), "mosquitto is not installed: apt-get install mosquitto"
    broker = RealBroker("mosquitto", tmp_path)
    broker.start()
    try:
        with (
            running_hub(tmp_path / "hub", mqtt_url=broker.url) as hub,
            hub.client("staff") as client,
            contextlib.closing(HubRoom(hub, broker, client)) as room,
        ):
            lab = Lab(room, chance, MANY if WANTED else FEW)
            run(lab, chance, BY_WIRE)
    finally:
        broker.kill()
    tell("a running hub", lab, begun)
    assert lab.injected >= BY_WIRE
