"""What is reported, and what is not reported twice."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.known import Known

states = st.dictionaries(st.text(max_size=700), st.dictionaries(st.text("abc"), st.text("xyz"), max_size=3), max_size=6)


def test_the_same_thing_is_reported_once() -> None:
    known = Known("usb")
    assert [s.present for s in known.saw("a", {"x": "1"})] == [True]
    assert known.saw("a", {"x": "1"}) == []
    assert [s.facts for s in known.saw("a", {"x": "2"})] == [{"x": "2"}]
    assert [s.present for s in known.lost("a")] == [False]
    assert known.lost("a") == []


def test_another_identity_under_the_same_key_goes_first() -> None:
    known = Known("usb", identity=("serial",))
    known.saw("a", {"serial": "1", "devnum": "2"})
    assert [s.present for s in known.saw("a", {"serial": "1", "devnum": "3"})] == [True]
    assert [(s.present, s.facts["serial"]) for s in known.saw("a", {"serial": "2"})] == [(False, "1"), (True, "2")]


@given(st.lists(states, max_size=6))
def test_whoever_follows_the_sightings_knows_exactly_what_is_there(history: list[dict[str, dict[str, str]]]) -> None:
    known, follower = Known("usb", identity=("a",)), dict[str, object]()
    for now in history:
        for sighting in known.exactly(now):
            assert sighting.present == (sighting.key not in follower) or sighting.present
            if sighting.present:
                follower[sighting.key] = sighting.facts
            else:
                del follower[sighting.key]
        assert set(follower) == set(known.keys())
        assert len(known) == len(follower)
