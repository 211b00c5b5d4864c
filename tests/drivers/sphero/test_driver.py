"""Sphero robots are set back whichever they are, never moved, and not woken by a mere look."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import medialab_agent.drivers.ozobot
import medialab_agent.drivers.sphero
from medialab_agent.drivers.sphero import packets_v1 as v1
from medialab_agent.drivers.sphero import packets_v2 as v2
from medialab_agent.drivers.sphero.simulator import SpheroSimulator
from medialab_agent.drivers.sphero.toys import BOLT, MINI, MODELS, RVR, SPRK, Model
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import ExecutionStatus, Outcome
from medialab_wire.reports import Presence

packets = st.builds(
    v2.Packet,
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=80),
    st.none() | st.integers(0, 255),
    st.none() | st.integers(0, 255),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
async def test_each_model_is_read_found_and_set_back(open_bench: OpenBench, model: Model) -> None:
    simulator = SpheroSimulator("sphero-7", model=model)
    async with open_bench("sphero", simulator, {"show_s": "0.01"}) as bench:
        report = await bench.until(is_ready)
        assert (report.name, report.facts["model"], report.facts["charge"]) == (simulator.own_name, model.name, "ok")
        assert ("battery" in report.volatile) == model.tells_percent
        baseline = (await bench.order("record-baseline")).snapshot
        assert (await bench.order("find-me")).status is ExecutionStatus.SUCCEEDED
        simulator.soil()
        done = await bench.order("reset", "clean", baseline=baseline)
        assert done.outcome is Outcome.CLEAN, (done.trouble, done.checks)
        assert not any(simulator.residue().values())
        assert b"MIA" not in done.encode()
        assert "move" not in {effect.verb for effect in simulator.log}


async def test_a_look_neither_wakes_nor_stops_it(open_bench: OpenBench) -> None:
    simulator = SpheroSimulator("sphero-7")
    simulator.inside.is_moving = simulator.inside.is_lit = True
    async with open_bench("sphero", simulator, {}) as bench:
        await bench.until(is_ready)
        assert simulator.inside.is_moving
        assert not simulator.inside.is_awake
        assert simulator.log == []


async def test_a_picture_that_stays_is_told(open_bench: OpenBench) -> None:
    simulator = SpheroSimulator("sphero-7", {Fault.RESIDUE}, model=BOLT)
    async with open_bench("sphero", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.soil()
        report = await bench.order("reset", "clean", baseline=baseline)
        assert report.outcome is Outcome.QUARANTINED


async def test_a_robot_known_before_is_known_with_another_name(open_bench: OpenBench) -> None:
    simulator = SpheroSimulator("sphero-7", model=RVR)
    async with open_bench("sphero", simulator, {}) as bench:
        await bench.until(is_ready)
        await bench.unplug()
        await bench.until(lambda report: report.presence is Presence.ABSENT)
        simulator.inside.name = "Mia fährt"
        simulator.renamed()
        await bench.plug()
        report = await bench.until(lambda report: report.name == "Mia fährt")
        assert report.facts["model"] == RVR.name


def test_no_command_that_moves_exists() -> None:
    assert {command.value[0] for command in v2.Command} <= {17, 19, 25, 26}, "22 drives, 23 animates legs and heads"
    assert {command.value for command in v1.Command if command.value[0] == 2} == {(2, 32)}, "of 2, only the light"
    moving = re.compile(r"\b(drive|roll|boost|raw_?motors?|heading|speed|velocity|rotate)\b", re.I)
    for package in (medialab_agent.drivers.sphero, medialab_agent.drivers.ozobot):
        for file in Path(package.__path__[0]).glob("*.py"):
            if not file.stem.startswith("simulat"):
                code = re.sub(r'""".*?"""', "", file.read_text(encoding="utf-8"), flags=re.S)
                assert not moving.search(code), file


@given(packets)
def test_version_2_there_and_back(packet: v2.Packet) -> None:
    frame = packet.build()
    assert v2.parse(frame) == packet
    assert frame.count(v2.END) == frame.count(v2.START) == 1
    pieces = [frame[at : at + 7] for at in range(0, len(frame), 7)]
    collector = v2.Collector()
    assert [one for piece in pieces for one in collector.feed(piece)] == [packet]


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_whatever_comes_is_a_packet_or_a_stated_error(pieces: list[bytes]) -> None:
    for collector in (v1.Collector(), v2.Collector()):
        for piece in pieces:
            try:
                collector.feed(piece)
            except v2.BadPacket:
                continue


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=100)), max_size=5))
def test_version_1_answers_are_put_together(told: list[tuple[int, int, bytes]]) -> None:
    answers = [v1.Answer(*one) for one in told]
    stream, collector = b"".join(answer.build() for answer in answers), v1.Collector()
    assert [one for at in range(0, len(stream), 20) for one in collector.feed(stream[at : at + 20])] == answers


def test_models_are_told_by_the_name_they_left_the_factory_with() -> None:
    assert {model.prefix for model in (BOLT, MINI, RVR, SPRK)} == {"SB-", "SM-", "RV-", "SK-"}
