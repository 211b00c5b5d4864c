"""What may be entered so that a device lets us in."""

import pytest
from pydantic import ValidationError

from medialab_hub.domain.access import KeyState, Wrong, cleaned, other_form, state_of, wrong_with
from medialab_wire.capabilities import AccessSpec
from medialab_wire.texts import Text

WORD = Text.same("x")
ASKED = (AccessSpec(key="password", title=WORD), AccessSpec(key="user", title=WORD, optional=True))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"password": "Zauberwald 7 äß€"}, None),
        ({"password": "x", "user": "ada"}, None),
        ({"password": "x" * 256}, None),
        ({}, Wrong.MISSING),
        ({"password": " \n"}, Wrong.MISSING),
        ({"user": "ada"}, Wrong.MISSING),
        ({"password": "x", "pin": "1"}, Wrong.UNKNOWN_KEY),
        ({"password": "x" * 257}, Wrong.TOO_LONG),
        ({"password": "a\x00b"}, Wrong.UNREADABLE),
        ({"password": "a\r\nX-Api-Key: b"}, Wrong.UNREADABLE),
        ({"password": "a\u202eb"}, Wrong.UNREADABLE),
        ({"password": "a\ud800b"}, Wrong.UNREADABLE),
        ({"password": "x", "user": "a\x7f"}, Wrong.UNREADABLE),
    ],
)
def test_what_cannot_be_a_password(typed: dict[str, str], wrong: Wrong | None) -> None:
    assert wrong_with(cleaned(typed), ASKED) is wrong


def test_a_device_that_asks_for_nothing_takes_nothing() -> None:
    assert wrong_with({"password": "x"}, ()) is Wrong.UNKNOWN_KEY
    assert wrong_with({}, ()) is Wrong.MISSING


def test_how_a_key_stands() -> None:
    assert state_of(None, "now") is KeyState.MISSING
    assert state_of("now", "now") is KeyState.ENTERED
    assert state_of("before", "now") is state_of("before", "") is KeyState.AGAIN


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("b1946ac92492d2347c6235b4d2611184", None),
        ("schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel-7", Wrong.OTHER_FORM),
        ("two words", Wrong.OTHER_FORM),
        ("short", Wrong.OTHER_FORM),
        ("x" * 201, Wrong.OTHER_FORM),
    ],
)
def test_what_does_not_look_as_its_driver_says(typed: str, wrong: Wrong | None) -> None:
    key = AccessSpec(key="key", title=WORD, pattern="[!-~]{8,200}", pattern_help=WORD)
    assert wrong_with({"key": typed}, (key,)) is wrong
    assert other_form({"key": typed}, (key,)) is (None if wrong is None else key)


@pytest.mark.parametrize("pattern", ["(a+)+", "[!-~]*", "[z-a]{1,2}", "[a-z]{9,8}", "[^a-z]{1,2}", "[a-z]{1,2}|x", ""])
def test_a_driver_cannot_announce_an_expression_that_takes_time(pattern: str) -> None:
    with pytest.raises(ValidationError):
        AccessSpec(key="key", title=WORD, pattern=pattern)
