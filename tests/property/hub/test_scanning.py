"""A pile of scans is a function of the set of events: no order, repetition or loss on the way changes it."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.scan_turns import moves_of, turns
from medialab_hub.domain.scanning import (
    ASKS_FOR,
    EARLIEST,
    LATEST,
    CodeNoun,
    EventKind,
    Meaning,
    MoveKind,
    Pile,
    ScanEvent,
    ScanMode,
    bounded,
    pile_of,
)
from tests.fixtures.outbox import PERMUTATIONS, deliver

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LABELS = {
    **{f"D{number}": Meaning(CodeNoun.DEVICE, f"dev-{number}", (f"dev-{number}",)) for number in range(120)},
    **{
        f"K{no}": Meaning(CodeNoun.KIT, f"kit-{no}", (f"dev-{no}", f"dev-{no + 1}"), (f"dev-{no}", "dev-1"))
        for no in range(4)
    },
    **{f"P{number}": Meaning(CodeNoun.PERSON, f"per-{number}") for number in range(3)},
    "L0": Meaning(CodeNoun.PLACE, "loc-0"),
}  # fmt: skip


def event(number: int, seconds: float, text: str = "", undo: str = "", client: str = "a", **more: Any) -> ScanEvent:
    kind = EventKind.UNDO if undo else more.pop("kind", EventKind.SCAN)
    return ScanEvent(START + timedelta(seconds=seconds), client, number, f"e{number}", kind, text, undo, **more)


def pile(events: list[ScanEvent], mode: ScanMode = ScanMode.OUT) -> Pile:
    meanings = {one.id: LABELS[one.text] for one in events if one.text in LABELS}
    return pile_of("scs-1", mode, events, meanings)


def told(found: Pile, out: set[str] = frozenset()) -> list[tuple[str, MoveKind, str | None]]:  # type: ignore[assignment]
    moves = sorted(moves_of(found.touches, out), key=lambda one: one.touch.device)
    return [(move.touch.device, move.kind, move.touch.person) for move in moves]


texts = st.sampled_from([*list(LABELS)[:4], "K0", "K1", "K2", "P0", "P1", "L0", "?1", "?2"])
clocks = st.integers(min_value=0, max_value=60)


@st.composite
def sessions(draw: st.DrawFn) -> list[ScanEvent]:
    scans = [
        event(number, draw(clocks), draw(texts), client=draw(st.sampled_from("ab")), is_fact=draw(st.booleans()))
        for number in range(draw(st.integers(min_value=0, max_value=14)))
    ]
    marks = st.sampled_from([EventKind.TICK, EventKind.WITHOUT])
    scans += [
        event(50 + number, draw(clocks), draw(st.sampled_from(list(LABELS)[:4])), kind=draw(marks))
        for number in range(draw(st.integers(min_value=0, max_value=5)))
    ]
    undos = [
        event(100 + number, draw(clocks), undo=f"e{draw(st.integers(min_value=0, max_value=15))}")
        for number in range(draw(st.integers(min_value=0, max_value=4)))
    ]
    return [*scans, *undos]


@given(events=sessions(), data=st.data(), mode=st.sampled_from(ScanMode))
def test_neither_order_nor_repetition_matters(events: list[ScanEvent], data: st.DataObject, mode: ScanMode) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    arrived = data.draw(st.permutations([*events, *again]))
    assert pile(arrived, mode) == pile(events, mode)
    assert told(pile(arrived, mode)) == told(pile(events, mode))


@given(events=sessions())
def test_every_scan_is_one_of_taken_repeated_undone_or_unknown(events: list[ScanEvent]) -> None:
    found = pile(events)
    scans = {one.id for one in events if one.kind is not EventKind.UNDO}
    taken = {one.id for one in events if one.text in LABELS} - found.duplicates - found.undone
    unknown = {one.id for one in found.unknown}
    assert taken | found.duplicates | found.undone | unknown == scans
    assert not unknown & (taken | found.duplicates | found.undone)
    assert {touch.event.id for touch in found.touches} <= taken


@given(events=sessions(), out=st.sets(st.sampled_from([f"dev-{number}" for number in range(6)])))
def test_a_device_goes_out_and_comes_back_by_turns(events: list[ScanEvent], out: set[str]) -> None:
    hands: dict[str, bool] = dict.fromkeys(out, True)
    for move in moves_of(pile(events).touches, out):
        is_out = hands.get(move.touch.device, False)
        assert move.kind is MoveKind.STAYS or is_out == (move.kind in (MoveKind.BACK, MoveKind.MISSING, MoveKind.ALONG))
        assert move.touch.kit is not None or move.kind in (MoveKind.OUT, MoveKind.BACK, MoveKind.WAITS)
        assert move.kind is not MoveKind.OUT or move.touch.person is not None
        if move.kind in (MoveKind.OUT, MoveKind.BACK):
            hands[move.touch.device] = move.kind is MoveKind.OUT


@given(events=sessions(), out=st.sets(st.sampled_from([f"dev-{number}" for number in range(6)])))
def test_a_case_goes_out_whole_or_not_at_all(events: list[ScanEvent], out: set[str]) -> None:
    found = pile(events)
    kinds = {(one.touch.event.id, one.touch.device): one.kind for one in moves_of(found.touches, out)}
    for turn in turns(found.touches):
        if turn[0].kit is not None:
            said = {kinds[touch.event.id, touch.device] for touch in turn}
            assert not said & {MoveKind.OUT} or said <= {MoveKind.OUT, MoveKind.ALONG, MoveKind.LEFT}
            assert not said & {MoveKind.BACK, MoveKind.MISSING} or not said & {MoveKind.OUT, MoveKind.ASKED}


def test_person_and_items_in_any_order() -> None:
    before = pile([event(1, 0, "P1"), event(2, 20, "D1")])
    after = pile([event(1, 0, "D1"), event(2, 20, "P1")])
    assert told(before) == told(after) == [("dev-1", MoveKind.OUT, "per-1")]
    assert told(pile([event(1, 0, "D1")])) == [("dev-1", MoveKind.WAITS, None)]
    two = pile([event(1, 0, "P1"), event(2, 20, "D1"), event(3, 30, "P2"), event(4, 40, "D2")])
    assert told(two) == [("dev-1", MoveKind.OUT, "per-1"), ("dev-2", MoveKind.OUT, "per-2")]


def test_the_same_code_within_ten_seconds_is_one_scan() -> None:
    near = [event(0, 0, "P1"), event(1, 1, "D1"), event(2, 10.9, "D1")]
    assert told(pile(near)) == [("dev-1", MoveKind.OUT, "per-1")]
    assert pile(near).duplicates == {"e2"}
    far = [event(0, 0, "P1"), event(1, 1, "D1"), event(2, 11, "D1")]
    assert [kind for _, kind, _ in told(pile(far))] == [MoveKind.OUT, MoveKind.BACK]


def test_undone_is_as_if_never_scanned_with_its_repetitions() -> None:
    scans = [event(0, 0, "P1"), event(1, 1, "D1"), event(2, 2, "D1")]
    for undone in ("e1", "e2"):
        assert told(pile([*scans, event(3, 4, undo=undone)])) == []
    again = [*scans, event(3, 4, undo="e1"), event(4, 6, "D1")]
    assert told(pile(again)) == [("dev-1", MoveKind.OUT, "per-1")]


def test_a_case_asks_for_whom_nobody_sees_and_takes_ticks_and_scans_for_it() -> None:
    named, case = event(0, 0, "P1"), event(1, 1, "K2")
    asked = [("dev-2", MoveKind.WAITS, "per-1"), ("dev-3", MoveKind.ASKED, "per-1")]
    whole = [("dev-2", MoveKind.OUT, "per-1"), ("dev-3", MoveKind.OUT, "per-1")]
    assert told(pile([named, case])) == asked
    assert told(pile([named, case, event(2, 20, "D3")])) == whole
    assert told(pile([named, case, event(2, 20, "D2")])) == asked, "one that is seen already does not go by itself"
    tick = event(2, 20, "D3", kind=EventKind.TICK)
    assert told(pile([named, case, tick])) == whole
    assert told(pile([named, case, tick, event(3, 22, undo="e2")])) == asked
    assert told(pile([named, event(1, 30, "K2"), tick])) == whole
    without = event(4, 40, "D3", kind=EventKind.WITHOUT)
    assert told(pile([named, case, tick, without])) == [whole[0], ("dev-3", MoveKind.LEFT, "per-1")]
    again = event(5, 50, "K2")
    assert told(pile([named, case, again])) == asked, "scanned again while it asks, it is looked at again"
    assert [kind for _, kind, _ in told(pile([named, case, tick, again]))] == [
        MoveKind.OUT, MoveKind.BACK, MoveKind.OUT, MoveKind.MISSING
    ]  # fmt: skip
    late = event(6, 1 + ASKS_FOR.total_seconds(), "D3")
    assert ("dev-3", MoveKind.OUT, "per-1") in told(pile([named, case, late]))


def test_a_case_comes_back_with_what_is_inside_and_names_what_is_missing() -> None:
    case, out = event(1, 1, "K2"), {"dev-2", "dev-3"}
    for mode in (ScanMode.IN, ScanMode.OUT):
        found = told(pile([case], mode), out)
        assert [(device, kind) for device, kind, _ in found] == [("dev-2", MoveKind.BACK), ("dev-3", MoveKind.MISSING)]
    found = told(pile([case, event(2, 60, "D3")], ScanMode.IN), out)
    assert [kind for _, kind, _ in found] == [MoveKind.BACK, MoveKind.BACK]
    assert {kind for _, kind, _ in told(pile([case], ScanMode.IN))} == {MoveKind.STAYS}


def test_what_was_scanned_before_its_case_goes_along() -> None:
    scans = [event(0, 0, "P1"), event(1, 1, "D3"), event(2, 20, "K2")]
    assert told(pile(scans)) == [
        ("dev-2", MoveKind.OUT, "per-1"),
        ("dev-3", MoveKind.OUT, "per-1"),
        ("dev-3", MoveKind.ALONG, "per-1"),
    ]
    back = told(pile([*scans, event(3, 60, "K2")]))
    assert [kind for _, kind, _ in back] == [MoveKind.OUT, MoveKind.BACK, MoveKind.OUT, MoveKind.ALONG, MoveKind.BACK]


def test_without_a_line_a_case_went_whole_and_came_back_with_what_was_ticked() -> None:
    out = [event(0, 0, "P1", is_fact=True), event(1, 1, "K2", is_fact=True)]
    assert {kind for _, kind, _ in told(pile(out))} == {MoveKind.OUT}
    back = [event(2, 600, "K2", is_fact=True), event(3, 620, "D3", is_fact=True)]
    kinds = {(device, kind) for device, kind, _ in told(pile([*out, *back]))}
    assert {("dev-2", MoveKind.BACK), ("dev-3", MoveKind.BACK)} <= kinds


def test_modes() -> None:
    scans = [event(0, 0, "P1"), event(1, 1, "D1"), event(2, 2, "K3"), event(3, 3, "L0")]
    assert told(pile(scans, ScanMode.IN), {"dev-1", "dev-3"}) == [
        ("dev-1", MoveKind.BACK, None),
        ("dev-3", MoveKind.BACK, None),
        ("dev-4", MoveKind.STAYS, None),
    ]
    counted = pile(scans, ScanMode.COUNT)
    assert told(counted) == []
    assert [touch.device for touch in counted.touches] == ["dev-1", "dev-3", "dev-4"]
    assert counted.place == "loc-0"


@given(st.datetimes() | st.datetimes(timezones=st.just(UTC)))
def test_no_clock_is_so_wrong_that_it_cannot_be_kept(at: datetime) -> None:
    assert EARLIEST <= bounded(at) <= LATEST


def test_five_hundred_scans_without_a_line_come_to_the_same_in_every_order() -> None:
    source = random.Random(500)
    codes = [*LABELS, "?1", "?2", "?3"]
    scans = [
        event(number, source.uniform(0, 7200), source.choice(codes), client=source.choice("abc"))
        for number in range(440)
    ]
    kinds = [EventKind.TICK, EventKind.WITHOUT]
    scans += [
        event(440 + number, source.uniform(0, 7200), f"D{source.randrange(5)}", kind=source.choice(kinds))
        for number in range(40)
    ]
    scans += [event(480 + number, source.uniform(0, 7200), undo=f"e{source.randrange(480)}") for number in range(20)]
    expected = pile(scans)
    assert expected.duplicates and expected.undone and expected.unknown and len(expected.people) == 3
    for seed in range(PERMUTATIONS or 25):
        arrived: dict[str, ScanEvent] = {}
        deliver(scans, random.Random(seed), lambda batch: arrived.update({one.id: one for one in batch}))  # noqa: B023
        found = pile(list(arrived.values()))
        assert (found, told(found)) == (expected, told(expected))
