"""What ingest remembers: volatile changes take the short way, everything else the long one."""

from datetime import UTC, datetime

import pytest

from medialab_hub.adapters.memory import KnownConnection, WireMemory, digest_of
from medialab_hub.adapters.parsing import LARGEST, Unusable, parse
from medialab_hub.services.reports import Taken
from medialab_wire import topics
from medialab_wire.progress import StepState
from medialab_wire.reports import Event, Report
from tests.fixtures import lab_words as say

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def stored(memory: WireMemory, report: Report) -> None:
    memory.begin("pi", report)
    memory.end("pi", report, digest_of(report), Taken("dev-1", "con-1", True))


def volatile_only(memory: WireMemory, agent: str, report: Report) -> KnownConnection | None:
    return memory.volatile_only(agent, report, digest_of(report))


def test_only_a_newer_and_otherwise_equal_report_is_volatile() -> None:
    memory = WireMemory()
    first = say.report("t1", 5)
    assert volatile_only(memory, "pi", first) is None
    stored(memory, first)
    assert volatile_only(memory, "pi", say.report("t1", 6, volatile={"battery": 3})) is not None
    assert volatile_only(memory, "pi", say.report("t1", 5, volatile={"battery": 3})) is None
    assert volatile_only(memory, "pi", say.report("t1", 6, traces={"files": 1})) is None
    assert volatile_only(memory, "cupboard", say.report("t1", 6)) is None
    memory.forget("con-1")
    assert volatile_only(memory, "pi", say.report("t1", 6)) is None


def test_nothing_overtakes_a_report_that_waits_to_be_stored() -> None:
    memory = WireMemory()
    stored(memory, say.report("t1", 1))
    changed = say.report("t1", 2, traces={"files": 1})
    memory.begin("pi", changed)
    assert volatile_only(memory, "pi", say.report("t1", 3)) is None, "it would bring back the old state"
    memory.end("pi", changed, digest_of(changed), Taken("dev-1", "con-1", True))
    assert volatile_only(memory, "pi", say.report("t1", 4, traces={"files": 1})) is not None


def test_readings_are_handed_out_once_and_die_with_a_stored_report() -> None:
    memory = WireMemory()
    stored(memory, say.report("t1", 1))
    second = say.report("t1", 2, volatile={"battery": 50})
    known = volatile_only(memory, "pi", second)
    assert known is not None
    memory.keep_volatile(known, second, NOW)
    assert {key: reading.volatile for key, reading in memory.take_readings().items()} == {"con-1": {"battery": 50}}
    assert memory.take_readings() == {}
    memory.keep_volatile(known, second, NOW)
    stored(memory, say.report("t1", 3, traces={"files": 1}))
    assert memory.take_readings() == {}


def test_progress_alone_takes_the_short_way() -> None:
    memory = WireMemory()
    report = say.running("job-1", "t1", 3)
    memory.keep_execution("pi", report, "dev-1")
    (step,) = report.steps
    further = report.model_copy(update={"ver": 4, "steps": (step.model_copy(update={"progress": 0.5}),)})
    assert memory.progress_only("pi", further) == "dev-1"
    assert memory.progress_only("pi", further) is None, "the same again is no news"
    done = report.model_copy(update={"ver": 5, "steps": (step.model_copy(update={"state": StepState.DONE}),)})
    assert memory.progress_only("pi", done) is None


def test_gaps_between_events_are_seen() -> None:
    memory = WireMemory()
    said = [("b1", 1), ("b1", 2), ("b1", 4), ("b1", 5), ("b2", 1), ("b2", 1), ("b2", 3)]
    gaps = [memory.has_gap("pi", Event(dev="t1", boot=boot, seq=seq, kind="k")) for boot, seq in said]
    assert gaps == [False, False, True, False, False, False, True]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("ml/1/a/pi/up/unknown", b"{}"),
        (topics.report("pi", "t1"), b"not json"),
        (topics.report("pi", "t2"), say.report("t1").encode()),
        (topics.report("pi", "t1"), say.report("t1", 2**62 + 1).encode()),
        (topics.report("pi", "t1"), say.report("t1", -1).encode()),
        (topics.report("pi", "t1"), b" " * (LARGEST["rep"] + 1)),
        (topics.execution("pi", "job-2"), say.running("job-1", "t1").encode()),
    ],
)
def test_unusable_messages_are_named(topic: str, payload: bytes) -> None:
    with pytest.raises(Unusable):
        parse(topic, payload)


def test_a_nul_never_reaches_the_database() -> None:
    received = parse(topics.report("pi", "t1"), say.report("t1", name="a\x00b").encode())
    assert isinstance(received.message, Report)
    assert received.message.name == "a\ufffdb"
