"""What may be entered so that a device lets us in."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from medialab_wire.capabilities import AccessSpec
from medialab_wire.sealed import MOST_CHARACTERS


class KeyState(StrEnum):
    """How one key of a device stands. `again`: it was entered, but its agent has another key pair since."""

    MISSING = "missing"
    ENTERED = "entered"
    AGAIN = "again"


class Wrong(StrEnum):
    """Why something that was typed cannot be taken."""

    UNKNOWN_KEY = "access-unknown-key"
    MISSING = "access-missing"
    TOO_LONG = "access-too-long"
    UNREADABLE = "access-unreadable"
    OTHER_FORM = "access-other-form"


def cleaned(typed: Mapping[str, str]) -> dict[str, str]:
    """Without white space around it, which copying brings along, and without what was left empty."""
    bare = {key: text.strip() for key, text in typed.items()}
    return {key: text for key, text in bare.items() if text}


def wrong_with(values: Mapping[str, str], asked: Sequence[AccessSpec]) -> Wrong | None:
    """What is wrong with it, or None. Never says what was typed."""
    if not values.keys() <= {spec.key for spec in asked}:
        return Wrong.UNKNOWN_KEY
    if not values or any(spec.key not in values for spec in asked if not spec.optional):
        return Wrong.MISSING
    if any(len(text) > MOST_CHARACTERS for text in values.values()):
        return Wrong.TOO_LONG
    if not all(text.isprintable() for text in values.values()):
        return Wrong.UNREADABLE
    return None if other_form(values, asked) is None else Wrong.OTHER_FORM


def other_form(values: Mapping[str, str], asked: Sequence[AccessSpec]) -> AccessSpec | None:
    """The first key whose text does not look as its driver says it does."""
    return next(
        (
            spec
            for spec in asked
            if spec.pattern is not None and spec.key in values and not re.fullmatch(spec.pattern, values[spec.key])
        ),
        None,
    )


def state_of(sealed_to: str | None, seal_key: str) -> KeyState:
    """`sealed_to`: the public key it was sealed to, None when nothing was entered; `seal_key`: the agent's own now."""
    if sealed_to is None:
        return KeyState.MISSING
    return KeyState.ENTERED if sealed_to == seal_key else KeyState.AGAIN
