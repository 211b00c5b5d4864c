"""Prints what a large centre waits for: what is free of one model, and of all, with 2,000 devices and 100,000 loans.

Judges nothing; the wanted figures stand on the right. Clients ask over HTTP, one after the other."""

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402 - the path comes first

from medialab_hub.clock import SystemClock  # noqa: E402
from medialab_hub.domain.matching import surely_broken  # noqa: E402
from medialab_hub.services.plans import pool_of  # noqa: E402
from medialab_hub.services.projection import Projection  # noqa: E402
from medialab_hub.services.returns import plan_around_late  # noqa: E402
from medialab_hub.storage.database import open_database  # noqa: E402
from medialab_hub.storage.models import usable  # noqa: E402
from medialab_hub.storage.tables import Allocation  # noqa: E402
from medialab_hub.storage.unit_of_work import UnitOfWork  # noqa: E402
from medialab_hub.storage.writer import Writer  # noqa: E402
from tests.fixtures.hubs import HubProgram  # noqa: E402
from tests.load.bench_hub import Getter, cpu_s, say, wait_ready  # noqa: E402
from tests.load.busy_lab import AHEAD, PAST, SIZES, fill  # noqa: E402
from tests.load.peers import percentile  # noqa: E402

QUESTIONS = 300
HOUR = timedelta(hours=1)


def a_time(chance: random.Random, now: datetime) -> dict[str, str]:
    """Within the next four months, from two hours to a fortnight."""
    start = now + chance.randrange(1, 24 * 120) * HOUR
    end = start + chance.choice((2, 8, 24, 72, 120, 168, 336)) * HOUR
    return {"starts": start.isoformat(), "ends": end.isoformat()}


def measure(program: HubProgram, get: Getter, what: str, wanted: str, paths: list[str]) -> None:
    """Every path once; processor time is that of the hub."""
    for path in paths[:5]:
        get(path)
    cpu, took = cpu_s(program.process.pid), []
    for path in paths:
        begun = time.perf_counter()
        status, body = get(path)
        took.append((time.perf_counter() - begun) * 1000)
        assert status == 200, body
    each = (cpu_s(program.process.pid) - cpu) / len(paths) * 1000
    say(what, f"p50 {percentile(took, 0.5):.0f} p95 {percentile(took, 0.95):.0f} max {max(took):.0f} ms", wanted)
    say("  processor time for each", f"{each:.0f} ms")


def paths(models: list[str], now: datetime) -> dict[str, tuple[str, list[str]]]:
    chance = random.Random(2)

    def of(some: list[str], most: int) -> list[str]:
        words = ({**a_time(chance, now), "model": chance.choice(some)} for _ in range(QUESTIONS))
        return [f"/api/v1/availability?{urlencode({**one, 'quantity': chance.randint(1, most)})}" for one in words]

    every = [f"/api/v1/availability?{urlencode(a_time(chance, now))}" for _ in range(QUESTIONS // 3)]
    return {
        "one model of 20, any of them": ("p95 50 ms", of(models[4:], 4)),
        "one of the four large models": ("p95 50 ms", of(models[:4], 40)),
        "all models (the catalogue for a time)": ("p95 150 ms", every),
    }


def measure_late(url: str, model: str, now: datetime) -> None:
    """A case of sixteen does not come back; from finding that out until everything is planned anew and stored."""
    database, clock = open_database(url), SystemClock()
    writer = Writer(database, clock, Projection(clock), lambda _news: None)
    writer.start()
    try:
        writer.submit(lambda uow: lend_and_be_late(uow, model, now)).result(60)
        before = writer.submit(lambda uow: pool_of(uow.session, model, uow.now)).result(60)
        cpu, begun = time.process_time(), time.perf_counter()
        late = writer.submit(plan_around_late).result(60)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        after = writer.submit(lambda uow: pool_of(uow.session, model, uow.now)).result(60)
    finally:
        writer.close()
        database.close()
    promises = len(after.promises)
    least = surely_broken(after.fixed, after.promises)
    what = f"{late} of {len(after.fixed)} devices are late, {promises:,} promises planned anew"
    say(what, f"{took:.2f} s ({cpu:.2f} s CPU)", "2 s")
    say(
        "  stood in the way; broken; cannot be kept by anybody",
        f"{len(before.astray)}; {len(after.astray)}; {least}",
        "the last two equal",
    )


def lend_and_be_late(uow: UnitOfWork, model: str, now: datetime) -> None:
    """Sixteen devices of the model went out three days ago and were due an hour ago."""
    for device in usable(uow.session, model)[:16]:
        start, end = now - 72 * HOUR, now - HOUR
        row = Allocation(id=f"alc-late-{device}", device_id=device, kind="loan", status="out", is_pinned=True,
                         starts_at=start, ends_at=end, blocked_from=start, blocked_to=end)  # fmt: skip
        uow.session.add(row)
    uow.session.flush()


def main() -> None:
    """Fill, start, ask."""
    cores, load = psutil.cpu_count(), psutil.getloadavg()[0]
    loans = sum(SIZES) * (PAST + AHEAD)
    print(f"{sum(SIZES):,} devices of {len(SIZES)} models, {loans:,} loans; {cores} cores, load {load:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        begun = time.perf_counter()
        models = fill(f"sqlite:///{Path(folder) / 'hub.sqlite3'}", now)
        say("fill", f"{time.perf_counter() - begun:.0f} s")
        program = HubProgram(Path(folder))
        try:
            url = wait_ready(program)
            _, token = program.admin("token", "create", "--role", "admin", "--label", "bench").stdout.split()
            for what, (wanted, asked) in paths(models, now).items():
                measure(program, Getter(url, token), what, wanted, asked)
        finally:
            program.interrupt(20)
            program.end()
        measure_late(f"sqlite:///{Path(folder) / 'hub.sqlite3'}", models[3], now)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"the measurement failed: {error}")
