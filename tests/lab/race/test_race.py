"""Many people book at once: nothing is promised twice, and nothing that was promised is lost.

MEDIALAB_RACE: how many attempts; a short run without it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session

from medialab_hub.storage.database import open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.tables import Device, Model
from tests.fixtures.postgresql import create_on, postgresql_server
from tests.house.tree import ROOT
from tests.lab.race.hammer import DEVICES, MODELS, device, model

ATTEMPTS = int(os.environ.get("MEDIALAB_RACE", "400"))
PEOPLE = 8
OVERLAPS = """SELECT count(*) FROM allocation a JOIN allocation b ON a.device_id = b.device_id AND a.id < b.id
    WHERE a.parent_id IS NULL AND b.parent_id IS NULL
    AND a.status IN ('held', 'confirmed', 'out') AND b.status IN ('held', 'confirmed', 'out')
    AND (b.blocked_to IS NULL OR a.blocked_from < b.blocked_to)
    AND (a.blocked_to IS NULL OR a.blocked_to > b.blocked_from)"""
KEPT = """SELECT line.booking_id, count(*) FROM allocation a JOIN booking_line line ON a.line_id = line.id
    WHERE a.status IN ('confirmed', 'broken') GROUP BY line.booking_id"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(36_000)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database with a few models."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'hub.sqlite'}"
        furnish(made)
        yield made
        return
    with postgresql_server() as server:
        made = create_on(server, "race")
        furnish(made)
        yield made


def furnish(url: str) -> None:
    database = open_database(url)
    migrate(database)
    now = datetime.now(UTC)
    with Session(database.writer) as session:
        for of in range(MODELS):
            session.add(Model(id=model(of), name=f"Modell {of}", turnaround_min=30))
            session.flush()
            for number in range(DEVICES):
                key = device(of, number)
                session.add(Device(id=key, name=key, found_at=now, adopted_at=now, model_id=model(of)))
        session.commit()
    database.close()


def hammer(url: str) -> list[dict[str, Any]]:
    """On SQLite one hub with as many threads as there are people, on PostgreSQL as many hubs."""
    shares = [(ATTEMPTS, PEOPLE)] if url.startswith("sqlite") else [(ATTEMPTS // PEOPLE, 1)] * PEOPLE
    command = [sys.executable, "-m", "tests.lab.race.hammer", url]
    running = [
        subprocess.Popen([*command, str(seed), str(attempts), str(threads)], cwd=ROOT, stdout=subprocess.PIPE)
        for seed, (attempts, threads) in enumerate(shares)
    ]
    said = [program.communicate()[0] for program in running]
    assert [program.returncode for program in running] == [0] * len(running)
    return [json.loads(line) for line in said]


def test_nothing_is_promised_twice_and_nothing_is_lost(url: str) -> None:
    told = hammer(url)
    counts = Counter[str]()
    for one in told:
        counts.update({key: value for key, value in one.items() if key != "bookings"})
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text(OVERLAPS)).scalar() == 0
        kept = {row[0]: row[1] for row in connection.execute(text(KEPT))}
    engine.dispose()
    assert kept == {key: units for one in told for key, units in one["bookings"].items()}
    print(f"\n{url.split(':')[0]}: {dict(counts)}")
    assert counts["accepted"] + counts["refused"] == ATTEMPTS
    assert counts["accepted"] >= ATTEMPTS / 5, "too few accepted to prove anything"
    assert counts["facts"] or ATTEMPTS < 4_000
