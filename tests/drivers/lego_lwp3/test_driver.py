"""What the driver of LEGO's hubs claims without a connection, and what it doubts."""

import pytest

from medialab_agent.drivers.lego_lwp3 import messages as m
from medialab_agent.drivers.lego_lwp3.simulator import BOOST, CITY, ESSENTIAL, TECHNIC, Lwp3Simulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, Outcome


@pytest.mark.parametrize("kind", [BOOST, CITY, TECHNIC, ESSENTIAL])
async def test_who_it_is_needs_no_connection(open_bench: OpenBench, kind: int) -> None:
    simulator = Lwp3Simulator("Hub 7", kind=kind)
    async with open_bench("lego-lwp3", simulator, {}) as bench:
        report = await bench.until(is_ready)
        assert (report.facts["model"], report.facts["hub_kind"]) == (m.MODELS[kind], f"{kind:02x}")
        assert simulator.peripheral.connections == 0
        await bench.order("look")
        report = await bench.until(lambda report: "battery" in report.volatile)
        assert (report.volatile["battery"], report.facts["firmware"]) == (76, "1.0.00.0224")


@pytest.mark.parametrize(("kind", "outcome"), [(BOOST, Outcome.CLEAN), (ESSENTIAL, Outcome.UNVERIFIED)])
async def test_a_hub_that_may_keep_programs_is_not_called_clean(
    open_bench: OpenBench, kind: int, outcome: Outcome
) -> None:
    simulator = Lwp3Simulator("Hub 7", kind=kind)
    async with open_bench("lego-lwp3", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.soil()
        report = await bench.order("reset", "clean", baseline=baseline)
        assert report.outcome is outcome
        assert simulator.name == "Hub 7"
        unknown = [check.id for check in report.checks if check.result is CheckResult.UNKNOWN]
        assert unknown == ([] if outcome is Outcome.CLEAN else ["programs"])
        assert b"Rennauto" not in report.encode()


async def test_a_name_that_stays_is_told(open_bench: OpenBench) -> None:
    simulator = Lwp3Simulator("Hub 7", {Fault.RESIDUE})
    async with open_bench("lego-lwp3", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.soil()
        report = await bench.order("reset", "clean", baseline=baseline)
        assert report.outcome is Outcome.QUARANTINED


async def test_its_light_is_its_own_again(open_bench: OpenBench) -> None:
    simulator = Lwp3Simulator("Hub 7")
    async with open_bench("lego-lwp3", simulator, {"show_s": "0.01"}) as bench:
        await bench.until(is_ready)
        await bench.order("find-me")
        assert [(one.verb, one.subject) for one in simulator.log] == [("light", "busy"), ("light", "normal")]


def test_hostile_messages_are_refused() -> None:
    for data in (b"", b"\x05\x00\x01\x01", b"\xff\x00\x01\x01\x06", b"\x03\x00\x01"):
        with pytest.raises(m.BadMessage):
            m.read(data)
    assert m.read(b"\x05\x00\x05\x01\x06") == 6
    assert m.read(b"\x06\x00\x01\x06\x06\x64") == m.Update(6, b"\x64")
    assert m.kind_of("zz") is None
    assert m.kind_of("00") is None
    assert len(m.set_name("Ä" * 20)) <= 5 + m.NAME_MOST
