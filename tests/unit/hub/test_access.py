"""What may be entered so that a device lets us in."""

import pytest

from medialab_hub.domain.access import KeyState, Wrong, cleaned, state_of, wrong_with
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
