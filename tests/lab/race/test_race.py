"""Many people book at once: nothing is promised twice, and nothing that was promised is lost.

MEDIALAB_RACE: how many attempts against the services; a tenth of them by HTTP. A short run without it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.postgresql import create_on, postgresql_server
from tests.house.tree import ROOT
from tests.lab.race.audit import ENOUGH, audit, judge
from tests.lab.race.deadlocks import Troublemaker
from tests.lab.race.furniture import furnish
from tests.lab.race.hubs import running_hubs, sign_in
from tests.lab.race.wishes import VISITORS

WANTED = int(os.environ.get("MEDIALAB_RACE", "0"))
ATTEMPTS = WANTED or 480
BY_HTTP = WANTED // 10 or 160
TROUBLE_S = 10 if WANTED else 1
WRITERS, HUBS = (8, 8) if WANTED else (3, 2)
"""Programs on one PostgreSQL; each takes a while to start."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(72_000)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the lab in it."""
    is_file = request.param == "sqlite"
    made = f"sqlite:///{tmp_path / 'hub.sqlite'}" if is_file else create_on(request.getfixturevalue("server"), "race")
    furnish(made)
    return made


def run(programs: Sequence[Sequence[object]]) -> list[dict[str, Any]]:
    """All at once; what each said at its end."""
    running = [
        subprocess.Popen([sys.executable, "-m", *map(str, program)], cwd=ROOT, stdout=subprocess.PIPE)
        for program in programs
    ]
    said = [program.communicate()[0] for program in running]
    assert [program.returncode for program in running] == [0] * len(running)
    return [json.loads(line) for line in said]


def test_services_promise_nothing_twice_and_lose_nothing(url: str) -> None:
    """On SQLite one hub with as many threads as there are visitors, on PostgreSQL as many hubs."""
    is_file, begun = url.startswith("sqlite"), time.monotonic()
    shares = [(ATTEMPTS, VISITORS)] if is_file else [(ATTEMPTS // WRITERS, 1)] * WRITERS
    hammers = [("tests.lab.race.hammer", url, seed, *share) for seed, share in enumerate(shares)]
    with contextlib.nullcontext() if is_file else Troublemaker(url, TROUBLE_S) as trouble:
        told = run(hammers)
        suffered = trouble.suffered() if trouble is not None else 0
    audit(url, told)
    counts = judge(f"services, {url.split(':')[0]}, {suffered} deadlocks", told, ATTEMPTS, begun)
    assert is_file or suffered, "no hub had a deadlock to get over"
    assert ATTEMPTS < ENOUGH or all(counts[kind] for kind in ("quarantines", "failed_tests", "overdue"))


def test_clients_promise_nothing_twice_and_lose_nothing(url: str, tmp_path: Path) -> None:
    """Eight signed-in client programs; on SQLite at one hub, on PostgreSQL at several on the same database."""
    count = 1 if url.startswith("sqlite") else HUBS
    with running_hubs(tmp_path, url, count) as hubs:
        places = [hubs[number % count] for number in range(VISITORS)]
        people = [(place, *sign_in(place)) for place in places]
        begun = time.monotonic()
        told = run([("tests.lab.race.client", *one, seed, BY_HTTP // VISITORS) for seed, one in enumerate(people)])
        audit(url, told)
        judge(f"HTTP, {url.split(':')[0]}, {count} hubs", told, BY_HTTP, begun)
