"""Matching: more keys win, case does not matter, order does not matter, exclusion excludes."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.runtime.matcher import candidates, score
from medialab_wire.capabilities import DriverManifest, Matcher, Quality
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

KEYS = st.sampled_from(["vid", "pid", "type", "name"])
VALUES = st.text("abAB*?[", max_size=4)
FACTS = st.dictionaries(KEYS, st.text("abAB", max_size=4), max_size=4)
MATCHERS = st.builds(
    Matcher,
    source=st.sampled_from(["usb", "mdns"]),
    where=st.dictionaries(KEYS, VALUES, max_size=3),
    exclude=st.dictionaries(KEYS, VALUES, max_size=1),
)
SIGHTINGS = st.builds(Sighting, source=st.sampled_from(["usb", "mdns"]), key=st.just("k"), facts=FACTS)


def manifest(name: str, *matchers: Matcher) -> DriverManifest:
    return DriverManifest(
        id=name, name=Text(de=name, en=name), version="1", quality=Quality.SEEN, matchers=tuple(matchers)
    )


@given(MATCHERS, SIGHTINGS)
def test_a_score_is_the_number_of_keys_and_case_does_not_matter(matcher: Matcher, sighting: Sighting) -> None:
    found = score(matcher, sighting)
    assert found in {None, len(matcher.where)}
    louder = sighting.model_copy(update={"facts": {k: v.upper() for k, v in sighting.facts.items()}})
    assert score(matcher, louder) == found
    if found is not None:
        assert matcher.source == sighting.source
        assert matcher.where.keys() <= sighting.facts.keys()


@given(SIGHTINGS, st.lists(MATCHERS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_drivers_does_not_matter(sighting: Sighting, matchers: list[Matcher], random: object) -> None:
    drivers = [manifest(f"d{number}", matcher) for number, matcher in enumerate(matchers)]
    found = candidates(sighting, drivers)
    assert found == candidates(sighting, drivers[::-1])
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


@given(FACTS.filter(bool))
def test_a_fact_that_is_excluded_rules_the_driver_out(facts: dict[str, str]) -> None:
    sighting = Sighting(source="usb", key="k", facts=facts)
    key = next(iter(facts))
    assert score(Matcher(source="usb"), sighting) == 0
    assert score(Matcher(source="usb", exclude={key: "*"}), sighting) is None


def test_more_keys_win_and_a_tie_names_both() -> None:
    sighting = Sighting(source="usb", key="k", facts={"vid": "2341", "pid": "0043"})
    broad = manifest("broad", Matcher(source="usb", where={"vid": "2341"}))
    exact = manifest("exact", Matcher(source="usb", where={"vid": "2341", "pid": "00*"}))
    twin = manifest("twin", Matcher(source="usb", where={"vid": "2341", "pid": "0043"}))
    assert [c.driver for c in candidates(sighting, [broad, exact])] == ["exact", "broad"]
    assert [(c.driver, c.score) for c in candidates(sighting, [twin, exact, broad])][:2] == [("exact", 2), ("twin", 2)]
