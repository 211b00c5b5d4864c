"""Codes on labels: what a hand, a phone or a wrongly set scanner makes of one is read, and slips are noticed."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.codes import ALPHABET, BODY, MOST_TAG, Reading, is_code, keepable, make_code, parse, readable

CODE = "7K3F9QX"


def some_codes(count: int) -> list[str]:
    source = random.Random(30)
    found = (make_code(source.getrandbits(60)) for _ in range(count * 2))
    return [code for code in found if code is not None][:count]


def test_the_alphabet_has_thirty_symbols_that_nobody_confuses() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 30
    assert not set("ILOUYZ") & set(ALPHABET)


def test_every_single_slip_at_every_place_is_noticed() -> None:
    for code in some_codes(200):
        for place in range(BODY + 1):
            wrong = [code[:place] + other + code[place + 1 :] for other in ALPHABET if other != code[place]]
            assert len(wrong) == 29
            assert not any(is_code(text) for text in wrong)


def test_every_swap_of_two_places_is_noticed_whatever_stands_there() -> None:
    """Exhaustive in the two symbols; the others only add the same to both sums."""
    for first, second in combinations(range(BODY + 1), 2):
        for one, other in combinations(ALPHABET, 2):
            swaps = 0
            for fill in ALPHABET:  # the third place makes it check, for all but one of 31 sums
                symbols = ["0"] * (BODY + 1)
                symbols[first], symbols[second] = one, other
                symbols[next(place for place in range(BODY + 1) if place not in (first, second))] = fill
                if is_code("".join(symbols)):
                    swaps += 1
                    symbols[first], symbols[second] = other, one
                    assert not is_code("".join(symbols))
            assert swaps <= 1


def test_twins_that_both_change_are_noticed() -> None:
    for code in some_codes(300):
        for place in range(BODY):
            twins = code[:place] + code[place] * 2 + code[place + 2 :]
            if is_code(twins):
                others = [twins[:place] + other * 2 + twins[place + 2 :] for other in ALPHABET if other != code[place]]
                assert not any(is_code(text) for text in others)


def test_one_of_thirty_one_texts_passes_by_chance() -> None:
    source = random.Random(31)
    passed = sum(is_code("".join(source.choices(ALPHABET, k=BODY + 1))) for _ in range(31_000))
    assert 850 < passed < 1150
    assert not is_code("0000000")


@pytest.mark.parametrize(
    "raw",
    [
        CODE,
        "7k3f9qx",
        " 7K3-F9Q-X \r\n",
        "7k3 f9q x",
        "HTTP://HUB.MUSTERSTADT.DE/I/7K3F9QX",
        "http://192.168.1.4:8000/i/7k3f9qx/",
        "HTTPS://HUB/I/7K3F9QX",
        "HTTPÖ--HUB.LOCAL-I-7K3F9QX",
        "HTTP>&&HUB.LOCAL&I&7K3F9QX",
    ],
)
def test_a_code_is_read_however_it_arrives(raw: str) -> None:
    assert parse(raw).code == CODE


def test_confused_letters_are_the_digits_they_look_like() -> None:
    code = next(one for one in some_codes(500) if "0" in one and "1" in one)
    for mistaken in (code.replace("0", "O"), code.replace("1", "I"), code.replace("1", "l").lower()):
        assert parse(mistaken).code == code


@pytest.mark.parametrize("raw", ["ML-0001", "ml-0001", "MLß0001", "HTTP://HUB/FIND/ML-0001", "HTTPÖ--HUB-FIND-ML-0001"])
def test_older_labels_carry_the_asset_tag(raw: str) -> None:
    assert parse(raw) == Reading(tag="ML-0001")


@pytest.mark.parametrize(
    "raw", ["", " ", "\0", "\ud800", "7K3F9QY", "x" * 100_000, "HTTP://HUB/I/", "HTTP://HUB/I/%00"]
)
def test_what_is_no_code_is_none(raw: str) -> None:
    assert parse(raw).code is None


@given(st.text(max_size=400) | st.text("0OIL1/-&:HTPSI7K3F9QXß \0", max_size=60))
def test_whatever_is_scanned_is_read_without_an_error(raw: str) -> None:
    found = parse(raw)
    assert found.code is None or is_code(found.code)
    assert found.tag is None or 0 < len(found.tag) <= MOST_TAG
    readable(raw).encode()


@pytest.mark.parametrize("raw", ["Erika", "Erika Muster", "BEGIN:VCARD N:Muster", "0172 123456", "a@b.de", "x1" * 40])
def test_what_may_be_about_a_person_is_not_kept(raw: str) -> None:
    assert keepable(raw) == ""


def test_codes_and_tags_are_kept() -> None:
    assert [keepable(raw) for raw in ("7k3-f9qx", "HTTP://HUB/I/7K3F9QX", "ml-0001")] == [CODE, CODE, "ML-0001"]


@given(st.integers(min_value=0, max_value=2**60))
def test_a_made_code_is_read_again(randomness: int) -> None:
    code = make_code(randomness)
    if code is not None:
        assert parse(code.lower()).code == code
