"""kill -9 of agent, broker and hub, alone and together, while every device of a lab is reset.

The devices are simulated tablets behind Debian's real adb server, in a process that is never killed; their own logs
are the evidence. `MEDIALAB_CHAOS_SEEDS` is how often each process is killed on each broker: by default a few times
during a reset of some devices, with `make test-chaos` 50 times each, spread over resets of 200 devices."""

import os
import random
from pathlib import Path
from statistics import median

import pytest

from tests.chaos import invariants
from tests.chaos.kills import PROCESSES, Kill, Killer, Resumed, schedule
from tests.chaos.rig import Rig, Size

SEEDS = int(os.environ.get("MEDIALAB_CHAOS_SEEDS", "0"))
EACH = SEEDS or 2
SIZE = Size(200, 0.15, 16) if SEEDS else Size(12, 0.1, 4)
KILLS_PER_RUN = 10
SEED = int(os.environ.get("MEDIALAB_CHAOS_SEED", "1"))


@pytest.mark.slow
@pytest.mark.parametrize("broker", ["mosquitto", "amqtt"])
def test_every_reset_ends_clean_whatever_is_killed(broker: str, tmp_path: Path) -> None:
    rig = Rig(tmp_path, broker, SIZE, SEED)
    figures: list[Resumed] = []
    kills = schedule(SEED, EACH)
    try:
        rig.start()
        serials = rig.devices()
        runs = 0
        while kills:
            left = one_run(rig, serials, kills[:KILLS_PER_RUN], figures)
            assert len(left) < len(kills[:KILLS_PER_RUN]), "the run was too short for a single kill"
            kills = left + kills[KILLS_PER_RUN:]
            runs += 1
        invariants.the_hub_is_whole(rig)
        assert rig.follower.called_absent == set(), "no device ever went away"
    finally:
        rig.stop()
    invariants.the_journal_is_whole(tmp_path / "hub")
    print(f"\n{broker}: {EACH} kills of each process over {runs} resets of {SIZE.devices} devices")
    print_figures(figures)


def one_run(rig: Rig, serials: dict[str, str], kills: list[Kill], figures: list[Resumed]) -> list[Kill]:
    """One reset of everything under these kills; gives those it was too short for."""
    batch = rig.soil_and_reset()
    before = len(rig.trace.lines)
    killer = Killer(rig)
    left = killer.strike(batch, kills)
    jobs = rig.await_end(batch)
    rig.trace.news()
    invariants.all_are_clean(rig, jobs)
    invariants.no_step_runs_too_often(jobs, serials, rig.trace.lines[before:], killer.wounds)
    figures += killer.figures
    return left


def print_figures(figures: list[Resumed]) -> None:
    """How long it took until work went on."""
    for process in PROCESSES:
        for alone, word in ((True, "alone"), (False, "with others")):
            chosen = [one for one in figures if one.process == process and one.alone is alone]
            if chosen:
                started, back = [one.start_to_work_s for one in chosen], [one.back_to_work_s for one in chosen]
                print(f"  {process} killed {word}, {len(chosen)} times: works again {words(started)} after its start,")
                print(f"    {words(back)} after it was back")


def words(seconds: list[float]) -> str:
    """Median and longest."""
    return f"{median(seconds):.2f} s (longest {max(seconds):.2f} s)"


@pytest.mark.parametrize("seed", range(20))
def test_a_schedule_kills_each_process_as_often_as_asked(seed: int) -> None:
    each = random.Random(seed).randint(1, 60)
    kills = schedule(seed, each)
    assert kills == schedule(seed, each)
    for process in PROCESSES:
        assert sum(process in kill.victims for kill in kills) == each
