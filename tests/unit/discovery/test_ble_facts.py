"""Advertisements become facts that hold still."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.ble_facts import facts_of
from medialab_agent.discovery.ble_texts import state_of
from medialab_wire.sightings import BusStatus, Sighting

ADDRESS = "00:16:53:A1:B2:C3"
advertisements = st.tuples(
    st.none() | st.text(st.characters(codec=None), max_size=600),
    st.lists(st.text(st.characters(codec=None), max_size=60), max_size=20),
    st.dictionaries(st.integers(), st.binary(max_size=60), max_size=10),
)


def test_the_name_that_comes_later_stays() -> None:
    first = facts_of({}, ADDRESS, None, [], {0x0397: b"\x00\x40"})
    assert "name" not in first
    second = facts_of(first, ADDRESS, "Move Hub", ["00001623-1212-EFDE-1623-785FEABCD123"], {})
    third = facts_of(second, ADDRESS, None, [], {})
    assert third == second
    assert third["name"] == "Move Hub"
    assert third["service_uuids"] == "00001623-1212-efde-1623-785feabcd123"
    assert third["manufacturer.0397"] == "0040"


def test_counting_data_is_no_change() -> None:
    first = facts_of({}, ADDRESS, "x", [], {0x0397: b"\x01"})
    assert facts_of(first, ADDRESS, "x", [], {0x0397: b"\x02"}) == first
    renamed = facts_of(first, ADDRESS, "y", [], {0x0397: b"\x03"})
    assert renamed["manufacturer.0397"] == "03"


@given(st.lists(advertisements, max_size=8))
def test_no_garbage_breaks_the_sighting(heard: list[tuple[str | None, list[str], dict[int, bytes]]]) -> None:
    facts: dict[str, str] = {}
    for name, uuids, makers in heard:
        facts = facts_of(facts, ADDRESS, name, uuids, makers)
        assert facts == facts_of(facts, ADDRESS, name, uuids, makers)
        assert Sighting(source="ble", key="k", facts=facts).encode()
        assert len(facts) <= 4 + 6


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ImportError("no module"), BusStatus.ABSENT),
        (FileNotFoundError(2, "No such file"), BusStatus.ABSENT),
        (PermissionError(13, "denied"), BusStatus.DENIED),
        (EOFError(), BusStatus.FAILED),
        (OSError(5, "x" * 5000), BusStatus.FAILED),
    ],
)
def test_every_error_has_words(error: Exception, status: BusStatus) -> None:
    fact = state_of(error).fact(0)
    assert fact.status is status
    assert fact.reason is not None
    assert fact.remedy is not None
    assert len(fact.reason.de) < 400
