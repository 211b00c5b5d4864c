"""Names stand where people look for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.natural_order import natural_key

SHELF = ["ahre", "Ähre 2", "ähre 10", "Strasse 1", "Straße 2", "Tablet 2", "tablet 10", "Tablet 10 b", "Zebra", "Ω"]


@given(st.permutations(SHELF))
def test_numbers_count_and_umlauts_are_letters(names: list[str]) -> None:
    assert sorted(names, key=natural_key) == SHELF


@given(st.text(), st.integers(0, 999_999_998))
def test_the_next_number_comes_after_its_predecessor(name: str, number: int) -> None:
    word = name.rstrip("".join(c for c in name if c.isdigit()))
    assert natural_key(f"{word} {number}") < natural_key(f"{word} {number + 1}")


@pytest.mark.parametrize("name", ["", "\u202e", "9" * 40, "\U0001fabf"])
def test_every_name_has_a_place(name: str) -> None:
    assert isinstance(natural_key(name), str)
