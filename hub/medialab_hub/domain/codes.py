"""Codes on labels: six symbols and a check symbol; what a scanner, a camera or a hand made of one is read again."""

import re
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWX"
"""Thirty symbols: no I, L, O, U, which are misread, and no Y, Z, which German and American keyboards swap."""

BODY = 6
"""Symbols before the check symbol."""

_PRIME = 31
_REMAINDER = 30
"""Not 0, so that seven zeros are no code."""

MOST_READ = 200
"""Characters of what was scanned that are looked at; a code is seven, an address of the hub below a hundred."""

MOST_TAG = 40
"""Characters of an asset tag; see `api.schemas.devices`."""

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015_.]+")
"""What people write between groups."""

_LIKE_A_TAG = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9._/-]*")

_ADDRESS = re.compile(r"^HTTPS?.{3}[^\s]*?[/\-&](I|FIND)[/\-&]([^/&?#\s]+)[/\-&]?$")
"""An address of this hub. `://` arrives as `Ö--` (American scanner, German layout) or `>&&` (the other way round)."""


@dataclass(frozen=True)
class Reading:
    """What a text may be: a code that checks, an asset tag in capitals, or both. Neither: unreadable."""

    code: str | None = None
    tag: str | None = None


def check_symbol(body: str) -> str | None:
    """The seventh symbol; None for a body that has none, one of 31: such codes are not made.

    Weights 7 … 1 modulo the prime 31, as ISBN-10 does with 11 (ISO 2108:1992, annex): every single wrong symbol and
    every two swapped symbols, neighbours or not, change the sum, and so does the same mistake in a pair of twins."""
    due = (_REMAINDER - sum(_weighted(body))) % _PRIME
    return ALPHABET[due] if due < len(ALPHABET) else None


def is_code(text: str) -> bool:
    """True for seven symbols that check."""
    return len(text) == BODY + 1 and set(text) <= _VALUES.keys() and sum(_weighted(text)) % _PRIME == _REMAINDER


def _weighted(text: str) -> list[int]:
    return [(BODY + 1 - place) * _VALUES[symbol] for place, symbol in enumerate(text)]


def make_code(randomness: int) -> str | None:
    """A code from a random number; None for the one of 31 bodies without a check symbol: draw again."""
    symbols = []
    for _ in range(BODY):
        randomness, index = divmod(randomness, len(ALPHABET))
        symbols.append(ALPHABET[index])
    body = "".join(symbols)
    last = check_symbol(body)
    return None if last is None else body + last


def readable(raw: str) -> str:
    """What is looked at of a scanned text: characters that print, one line, bounded."""
    return "".join(one if one.isprintable() else " " for one in raw[:MOST_READ]).strip()


def parse(raw: str) -> Reading:
    """Read whatever was scanned or typed; never raises. Case, confused letters, spaces and hyphens do not matter.

    `ß` is a hyphen, or the slash of an address, that an American scanner typed into a German keyboard layout."""
    text = readable(raw).replace("ß", "-").upper()
    found = _ADDRESS.match(text)
    if found is not None:
        kind, text = found.groups()
        if kind == "I":
            return Reading(code=_as_code(text))
    return Reading(code=_as_code(text), tag=text if 0 < len(text) <= MOST_TAG else None)


def keepable(raw: str) -> str:
    """What may be stored of a scanned text: a code or what looks like an asset tag, one word with a number in it.

    Anything else may be a name, a card or a message: that it was unknown is enough. Empty then."""
    found = parse(raw)
    if found.code is not None:
        return found.code
    return found.tag if found.tag is not None and _LIKE_A_TAG.fullmatch(found.tag) else ""


def _as_code(text: str) -> str | None:
    folded = _BETWEEN.sub("", text).translate(_CONFUSED)
    return folded if is_code(folded) else None
