"""What a SPIKE hub's driver claims, doubts and never does."""

import pytest

from medialab_agent.drivers.lego_spike import firmware
from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome
from medialab_wire.reports import IdentityKind, Presence

PROGRAM = "import runloop\n" + "# filled up\n" * 300


async def reset(bench: Bench, simulator: SpikeSimulator) -> ExecutionReport:
    baseline = (await bench.order("record-baseline")).snapshot
    simulator.soil()
    return await bench.order("reset", "clean", baseline=baseline)


def result_of(report: ExecutionReport, check: str) -> CheckResult:
    return next(one.result for one in report.checks if one.id == check)


async def test_it_is_known_by_its_uuid_with_battery_and_firmware(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        report = await bench.until(is_ready)
        uuids = [one.value for one in report.identities if one.kind is IdentityKind.UUID]
        assert uuids == [simulator.hub.uuid.hex()]
        assert report.facts["firmware"] == "1.8.149"
        assert report.volatile["battery"] == 83
        assert simulator.peripheral.connections == 1
        assert simulator.log == []


async def test_a_known_hub_is_left_alone_when_somebody_switches_it_on(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        first = await bench.until(is_ready)
        await bench.order("record-baseline")
        before = simulator.peripheral.connections
        await bench.unplug()
        await bench.until(lambda report: report.presence is Presence.ABSENT)
        simulator.soil()
        await bench.plug()
        again = await bench.until(lambda report: is_ready(report) and report.name == "Team Blitz")
        assert (again.identities, again.facts["firmware"]) == (first.identities, "1.8.149")
        assert again.traces == {"renamed": 1}
        assert simulator.peripheral.connections == before


@pytest.mark.parametrize(
    ("fault", "outcome", "programs"),
    [
        (Fault.RESIDUE, Outcome.QUARANTINED, CheckResult.FAILED),
        (Fault.REFUSE, Outcome.UNVERIFIED, CheckResult.UNKNOWN),
    ],
)
async def test_a_program_that_stays_is_never_called_gone(
    open_bench: OpenBench, fault: Fault, outcome: Outcome, programs: CheckResult
) -> None:
    simulator = SpikeSimulator("Spike 7", {fault})
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        report = await reset(bench, simulator)
        assert (report.outcome, result_of(report, "programs")) == (outcome, programs)
        assert simulator.residue()["programs"]


async def test_motors_that_turn_are_told(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        simulator.hub.is_unstoppable = True
        report = await reset(bench, simulator)
        assert result_of(report, "still") is CheckResult.FAILED


async def test_no_name_is_in_the_evidence(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        report = await reset(bench, simulator)
        assert report.outcome is Outcome.CLEAN
        assert b"Blitz" not in report.encode()
        assert simulator.hub.programs == {}


async def test_a_program_is_stored_and_not_started(open_bench: OpenBench) -> None:
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        done = await bench.order("stage", params={"slot": 4, "content": PROGRAM, "name": "start.py"})
        assert done.status is ExecutionStatus.SUCCEEDED, done.trouble
        assert simulator.hub.programs == {4: "start.py"}
        assert not simulator.hub.is_running
        assert result_of(done, "stored") is CheckResult.UNKNOWN
        for params in ({}, {"slot": 20, "content": "x"}, {"slot": 1, "content": "x" * 70_000}):
            refused = await bench.order("stage", params=params)
            assert refused.trouble is not None
            assert refused.trouble.code == "bad-order"


async def test_firmware_goes_on_where_it_was(
    open_bench: OpenBench, own_firmware: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmware, "LOOK_EVERY_S", 0.05)
    simulator = SpikeSimulator("Spike 7", restart_s=0.3)
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        simulator.hub.chunks_left = 30
        broken = await bench.order("firmware")
        assert broken.status is ExecutionStatus.FAILED
        assert simulator.hub.firmware == (1, 8, 149)
        done = await bench.order("firmware")
        assert done.status is ExecutionStatus.SUCCEEDED, done.trouble
        assert result_of(done, "firmware") is CheckResult.PASSED
        assert simulator.hub.firmware == (1, 9, 3)
        assert simulator.hub.chunks == -(-len(own_firmware) // 456), "no piece was sent twice"


async def test_without_firmware_in_the_library_nothing_is_sent(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("MEDIALAB_DATA_DIR", str(tmp_path_factory.mktemp("empty")))
    simulator = SpikeSimulator("Spike 7")
    async with open_bench("lego-spike", simulator, {}) as bench:
        await bench.until(is_ready)
        refused = await bench.order("firmware")
        assert refused.trouble is not None
        assert refused.trouble.code == "no-firmware"
        assert simulator.hub.chunks == 0
