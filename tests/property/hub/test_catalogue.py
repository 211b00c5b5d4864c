"""The matcher for any report: it never fails, a shared number never decides, and order changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.catalogue.loader import SHARED_NUMBERS, shipped
from medialab_hub.catalogue.matcher import MOST_CANDIDATES
from medialab_hub.catalogue.told import Told, told, told_by_report
from medialab_wire.reports import Identity, IdentityKind, Report
from tests.fixtures.sightings import corpus

LINES = tuple(case.told for case in corpus())
KEYS = sorted({key for line in LINES for key in line})
VALUES = sorted({value for line in LINES for values in line.values() for value in values})
texts = st.text(max_size=40) | st.sampled_from(VALUES)
anything = st.dictionaries(st.sampled_from(KEYS) | st.text(min_size=1, max_size=12), texts, max_size=12)


@given(facts=anything, driver=st.none() | texts, kind=texts, name=texts, serial=texts)
def test_whatever_is_reported_gets_an_answer(
    facts: dict[str, str], driver: str | None, kind: str, name: str, serial: str
) -> None:
    found = shipped().matcher.match([told(driver, kind, name, ["usb"], facts, [("serial", serial)])])
    named = {found.decided} if found.decided else set(found.candidates)
    assert named <= shipped().classes.keys()
    assert len(found.candidates) <= MOST_CANDIDATES
    assert found.decided is None or not found.candidates


@given(number=st.sampled_from(sorted(SHARED_NUMBERS)), serial=texts, revision=texts, name=texts)
def test_a_shared_number_never_decides(number: tuple[str, str], serial: str, revision: str, name: str) -> None:
    vid, pid = number
    facts: dict[str, bool | int | float | str | None] = {"vid": vid, "pid": pid, "revision": revision}
    serial = "" if serial.lower().startswith("12a0") else serial  # the one board id that only one board ever had
    found = shipped().matcher.match([told(None, "unknown", name, ["usb"], facts, [("serial", serial)])])
    assert found.decided is None


@given(lines=st.lists(st.sampled_from(LINES), max_size=4), data=st.data())
def test_the_order_of_connections_changes_nothing(lines: list[Told], data: st.DataObject) -> None:
    match = shipped().matcher.match
    assert match(lines) == match(data.draw(st.permutations(lines)))
    assert match(lines) == match([*lines, *lines])


@given(facts=st.dictionaries(st.text(max_size=20), st.none() | st.booleans() | st.integers() | texts, max_size=6))
def test_the_hub_and_a_report_are_read_alike(facts: dict[str, bool | int | str | None]) -> None:
    said = Report(
        dev="d",
        birth=1,
        seq=1,
        driver="esp",
        kind="board",
        name="B",
        facts=dict(facts),
        identities=(Identity(kind=IdentityKind.SERIAL, value="S"), Identity(kind=IdentityKind.PLACE, value="1-1")),
        sources=("usb",),
    )
    assert told_by_report(said) == told("esp", "board", "B", ["usb"], dict(facts), [("serial", "S")])
