"""A pile of scans is a function of the set of events: no order, repetition or loss on the way changes it."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.scanning import (
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
    moves_of,
    pile_of,
)
from tests.fixtures.outbox import PERMUTATIONS, deliver

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LABELS = {
    **{f"D{number}": Meaning(CodeNoun.DEVICE, f"dev-{number}", (f"dev-{number}",)) for number in range(120)},
    **{f"K{no}": Meaning(CodeNoun.KIT, f"kit-{no}", (f"dev-{no}", f"dev-{no + 1}")) for no in range(4)},
    **{f"P{number}": Meaning(CodeNoun.PERSON, f"per-{number}") for number in range(3)},
    "L0": Meaning(CodeNoun.PLACE, "loc-0"),
}  # fmt: skip


def event(number: int, seconds: float, text: str = "", undo: str = "", client: str = "a") -> ScanEvent:
    kind = EventKind.UNDO if undo else EventKind.SCAN
    return ScanEvent(START + timedelta(seconds=seconds), client, number, f"e{number}", kind, text, undo)


def pile(events: list[ScanEvent], mode: ScanMode = ScanMode.OUT) -> Pile:
    meanings = {one.id: LABELS[one.text] for one in events if one.text in LABELS}
    return pile_of("scs-1", mode, events, meanings)


def told(found: Pile, out: set[str] = frozenset()) -> list[tuple[str, MoveKind, str | None]]:  # type: ignore[assignment]
    devices = sorted({touch.device for touch in found.touches})
    moves = [
        move
        for device in devices
        for move in moves_of([touch for touch in found.touches if touch.device == device], is_out=device in out)
    ]
    return [(move.touch.device, move.kind, move.touch.person) for move in moves]


texts = st.sampled_from([*list(LABELS)[:6], "K0", "P0", "P1", "L0", "?1", "?2"])
clocks = st.integers(min_value=0, max_value=60)


@st.composite
def sessions(draw: st.DrawFn) -> list[ScanEvent]:
    scans = [
        event(number, draw(clocks), draw(texts), client=draw(st.sampled_from("ab")))
        for number in range(draw(st.integers(min_value=0, max_value=14)))
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
    scans = {one.id for one in events if one.kind is EventKind.SCAN}
    taken = {one.id for one in events if one.text in LABELS} - found.duplicates - found.undone
    unknown = {one.id for one in found.unknown}
    assert taken | found.duplicates | found.undone | unknown == scans
    assert not unknown & (taken | found.duplicates | found.undone)
    assert {touch.event.id for touch in found.touches} <= taken


@given(events=sessions(), out=st.sets(st.sampled_from([f"dev-{number}" for number in range(6)])))
def test_a_device_goes_out_and_comes_back_by_turns(events: list[ScanEvent], out: set[str]) -> None:
    hands: dict[str, bool] = dict.fromkeys(out, True)
    for device, kind, person in told(pile(events), out):
        assert (kind is MoveKind.BACK) == hands.get(device, False)
        assert kind is not MoveKind.OUT or person is not None
        hands[device] = kind is MoveKind.OUT


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
        for number in range(480)
    ]
    scans += [event(480 + number, source.uniform(0, 7200), undo=f"e{source.randrange(480)}") for number in range(20)]
    expected = pile(scans)
    assert expected.duplicates and expected.undone and expected.unknown and len(expected.people) == 3
    for seed in range(PERMUTATIONS or 25):
        arrived: dict[str, ScanEvent] = {}
        deliver(scans, random.Random(seed), lambda batch: arrived.update({one.id: one for one in batch}))  # noqa: B023
        found = pile(list(arrived.values()))
        assert (found, told(found)) == (expected, told(expected))
