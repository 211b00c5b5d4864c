"""Calliope mini 2: what a file over the whole memory does, what stays on FLASH, and where nothing is ever written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from medialab_agent.drivers.jlink_msd.place import ROOM, local_key, place_of
from medialab_agent.drivers.jlink_msd.simulator import JLinkSimulator
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.microbit.hexfile import write_hex
from medialab_agent.sdk.microbit.inspector import fitting
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_agent.sdk.trouble import NeedsPerson, Unreachable
from medialab_wire.progress import CheckResult, ExecutionReport, Outcome
from medialab_wire.sightings import Sighting


@asynccontextmanager
async def ready(open_bench: OpenBench, simulator: JLinkSimulator) -> AsyncIterator[Bench]:
    async with open_bench("jlink-msd", simulator, {}) as bench:
        await bench.until(is_ready)
        yield bench


async def reset(bench: Bench) -> ExecutionReport:
    recorded = await bench.order("record-baseline")
    assert recorded.snapshot is not None
    return await bench.order("reset", "clean", baseline=recorded.snapshot, step_deadline_s=30.0)


async def test_a_file_that_mentions_only_the_program_would_leave_the_rest() -> None:
    """The reason for a file over the whole memory: the simulated J-Link keeps pages that no file mentions."""
    simulator = JLinkSimulator("rest")
    simulator.soil()
    memory = fitting(library().default("calliope-mini-2-0").open().data, ROOM)
    assert await simulator._take(write_hex(memory)) == ""
    assert simulator.chip.beat().startswith("MEDIALAB default")
    assert simulator.residue() == {"program": 1}, "the group's data is still there behind a program that smiles"


async def test_the_whole_memory_is_written(open_bench: OpenBench) -> None:
    simulator = JLinkSimulator("whole", pid="1015")
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        report = await reset(bench)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)
        assert simulator.residue() == {"program": 0}


async def test_programs_of_the_group_on_flash_need_a_person(open_bench: OpenBench) -> None:
    simulator = JLinkSimulator("flash")
    async with ready(open_bench, simulator) as bench:
        recorded = await bench.order("record-baseline")
        simulator.keep("EMIL.HEX")
        report = await bench.order("reset", "clean", baseline=recorded.snapshot)
        assert report.outcome is Outcome.QUARANTINED
        assert {check.id: check.result for check in report.checks} == {
            "program": CheckResult.PASSED,
            "stored-programs": CheckResult.FAILED,
        }
        assert report.trouble is not None
        assert report.trouble.remedy is not None
        assert "FLASH" in report.trouble.remedy.de
        assert b"EMIL" not in report.encode().upper()
        assert (simulator.stored / "EMIL.HEX").exists(), "nothing is deleted there"


async def test_without_a_serial_port_nothing_is_proven(open_bench: OpenBench) -> None:
    simulator = JLinkSimulator("mute", has_tty=False)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        report = await reset(bench)
        assert report.outcome is Outcome.UNVERIFIED
        assert simulator.residue() == {"program": 0}


def _seen(**facts: str) -> Sighting:
    return Sighting(source="usb", key="/devices/usb1/1-2", facts={"vid": "1366", "pid": "1025", **facts})


def test_only_a_drive_named_mini_makes_it_a_calliope() -> None:
    """Nordic's own boards carry the same numbers."""
    manifests = [folder.manifest for folder in Shelf()]
    calliope = _seen(serial="000123456789", labels=":MINI:FLASH:", volumes="/a /b")
    assert [found.driver for found in candidates(calliope, manifests)] == ["jlink-msd"]
    assert candidates(_seen(serial="000123456789", labels=":JLINK:"), manifests) == ()
    assert candidates(_seen(serial="000123456789"), manifests) == ()
    assert local_key(calliope) == "000123456789"
    assert local_key(_seen(path="1-2")) == "port-1-2"


@pytest.mark.parametrize("label", ["RPI-RP2", "MAINTENANCE"])
def test_a_board_in_maintenance_is_left_alone(label: str) -> None:
    with pytest.raises(NeedsPerson):
        place_of([_seen(labels=f":MINI:{label}:", volumes="/a /b")])
    with pytest.raises(Unreachable):
        place_of([_seen(labels=":OTHER:", volumes="/a")])
