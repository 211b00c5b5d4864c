"""A program planted in any slot goes, or the hub is not called clean; whether the slot lies or refuses."""

import pytest

from medialab_agent.drivers.lego_spike.messages import SLOTS
from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import Outcome


async def test_every_slot_is_emptied_and_every_one_that_keeps_is_noticed(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.hub.programs = {slot: f"learner-{slot}.py" for slot in range(SLOTS)}
        clean = await bench.order("reset", "clean", baseline=baseline)
        assert (clean.outcome, simulator.hub.programs) == (Outcome.CLEAN, {})
        simulator.faults.add(Fault.RESIDUE)
        for slot in range(SLOTS):
            simulator.hub.programs = {slot: "learner.py"}
            simulator.hub.stubborn, simulator.hub.is_stubborn_openly = slot, bool(slot % 2)
            report = await bench.order("reset", "clean", baseline=baseline)
            assert report.outcome is not Outcome.CLEAN, slot


@pytest.mark.parametrize("answer", ["always", "never"])
async def test_a_hub_whose_answers_mean_nothing_proves_nothing(open_bench: OpenBench, answer: str) -> None:
    simulator = SpikeSimulator("Spike 7")
    simulator.hub.clears_by_rote = answer
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.soil()
        report = await bench.order("reset", "clean", baseline=baseline)
        assert report.outcome is Outcome.UNVERIFIED, (report.trouble, report.checks)
