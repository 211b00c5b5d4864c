"""Whatever a device says becomes valid, short text."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.text import fact_key, filled, short
from medialab_wire.sightings import Sighting

anything = st.one_of(st.none(), st.binary(max_size=3000), st.text(st.characters(codec=None), max_size=2000))


@given(anything)
def test_short_text_always_fits_the_wire(value: str | bytes | None) -> None:
    text = short(value)
    assert Sighting(source="usb", key=text, facts={"x": text}).encode()
    assert text == short(text)
    assert text.isprintable()


@given(st.one_of(st.binary(), st.text(st.characters(codec=None))))
def test_fact_keys_are_tame(value: str | bytes) -> None:
    assert set(fact_key(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert len(fact_key(value)) <= 64


def test_examples() -> None:
    assert short(b"Quest\x00 3S \n") == "Quest  3S"
    assert short("K\udcc3\udca4se") == "Käse"
    assert short("\ud800") == "?"
    assert fact_key("Model Name") == "model-name"
    assert filled({"a": "", "b": "x"}) == {"b": "x"}
