"""Words of evidence: both languages, and no device can fill a record with them."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.sdk.evidence import MOST, count, listed, quoted
from medialab_wire.texts import Text


def test_a_list_says_every_part_in_both_languages() -> None:
    said = listed((count("Fotos", "photos", 3), Text.same("com.example: 1")))
    assert said == Text(de="Fotos: 3, com.example: 1", en="photos: 3, com.example: 1")


def test_nothing_found_is_no_text() -> None:
    assert listed(()) is None


@given(st.lists(st.text()))
def test_whatever_a_device_says_stays_short(words: list[str]) -> None:
    said = [quoted(word) for word in words]
    for text in (*said, listed(said) or Text.same("")):
        assert len(text.de) <= MOST and len(text.en) <= MOST
