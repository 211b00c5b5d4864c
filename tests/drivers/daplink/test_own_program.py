"""A lab that signed a default program of its own: MicroPython's universal hex, the real file, all the way."""

import asyncio
from pathlib import Path

import pytest

from medialab_agent.drivers.daplink.boards import MICROBIT_V1, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.sdk.firmware import own_folder
from medialab_agent.sdk.firmware_signing import Origin, Part, take_in
from medialab_agent.sdk.microbit.hexfile import memory_of, read_hex, write_hex
from medialab_agent.sdk.microbit.simulated.chip import learners_program
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, ExecutionStatus, Outcome
from tests.peers.microbit.rig import micropython


def sign(file: Path, board: Board) -> None:
    """As `medialab-agent firmware import --default` does it."""
    origin = Origin(
        id=f"{board.id}/own",
        version="1",
        classes=(board.id,),
        chip=board.room.chip.value,
        licence="MIT",
        source="test",
        text=("eigenes", "own"),
        undo=("zurück", "back"),
        signature="",
        banner="",
        is_default=True,
    )
    take_in(own_folder(), [Part(file, 0)], origin)


@pytest.fixture(autouse=True)
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The agent's data folder, with scripts of the lab in it."""
    monkeypatch.setenv("MEDIALAB_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


async def test_its_part_arrives_and_the_record_says_what_is_not_proven(open_bench: OpenBench, lab: Path) -> None:
    content = await asyncio.to_thread(micropython)
    (lab / "micropython.hex").write_bytes(content)
    sign(lab / "micropython.hex", MICROBIT_V1)
    simulator = DapLinkSimulator("own", board=MICROBIT_V1)
    async with open_bench("daplink", simulator, {}) as bench:
        await bench.until(is_ready)
        simulator.soil()
        report = await bench.order("reset", "clean", baseline={}, step_deadline_s=60.0)
        assert report.status is ExecutionStatus.SUCCEEDED, report.trouble
        assert report.outcome is Outcome.UNVERIFIED
        assert {check.id: check.result for check in report.checks} == {
            "program": CheckResult.UNKNOWN,
            "data-log": CheckResult.PASSED,
        }
        part = read_hex(content).meant_for(0x9901, 0x9900)
        assert part is not None
        assert bytes(simulator.chip.flash) == part.read(0, MICROBIT_V1.room.flash)


async def test_a_signed_program_for_another_chip_is_not_sent(open_bench: OpenBench, lab: Path) -> None:
    """A signature says who vouches for it, not that it fits."""
    simulator = DapLinkSimulator("own", board=MICROBIT_V2)
    (lab / "v1.hex").write_bytes(write_hex(memory_of({0: learners_program(MICROBIT_V1.room, "hello")})))
    sign(lab / "v1.hex", MICROBIT_V2)
    async with open_bench("daplink", simulator, {}) as bench:
        await bench.until(is_ready)
        report = await bench.order("reset", "clean", baseline={})
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None
        assert report.trouble.code == "wrong-program"
        assert simulator.log == []
