"""Makes texts that people and devices gave fit for print: every sign can be drawn, and every word can be broken."""

import re
import unicodedata
from collections.abc import Callable

MOST = 400
"""Signs of one text on paper; what is longer ends in an ellipsis."""
NARROWEST_EM, PART = 18.0, 10
"""Width of the narrowest column for names. A wider word gets a soft hyphen each so many signs: no dictionary breaks
what is no word."""

_WORD = re.compile(r"\S+")
_PARTS = re.compile(rf"(\S{{{PART}}})(?=\S{{3}})")
_KNOWN = (
    range(0x20, 0x530),
    range(0x2010, 0x2028),
    range(0x2030, 0x205F),
    range(0x20A0, 0x20AD),
    range(0x2122, 0x2123),
)
"""Latin, Greek, Cyrillic, punctuation, money: what the fonts inside Typst have."""


def visible(name: str) -> str:
    """Without control and formatting signs, which turn text around or cannot be drawn."""
    return "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")


def european(name: str) -> str:
    """Only Latin, Greek and Cyrillic letters and the signs between them; others become question marks."""
    composed = visible(unicodedata.normalize("NFC", name))
    return "".join(sign if any(ord(sign) in few for few in _KNOWN) else "?" for sign in composed)


def latin(name: str) -> str:
    """Only signs of ISO 8859-1; others become question marks."""
    return visible(unicodedata.normalize("NFC", name)).encode("latin-1", "replace").decode("latin-1")


POORER: tuple[Callable[[str], str], ...] = (visible, european, latin)
"""One after the other is tried: a paper with poorer names is better than none."""


def breakable(name: str) -> str:
    """Bounded, on one line, and with soft hyphens in words that are too long for a column."""
    words = " ".join(name.split())
    cut = words if len(words) <= MOST else words[: MOST - 1].rstrip() + "…"
    return _WORD.sub(
        lambda word: _PARTS.sub("\\1\u00ad", word[0]) if _width_em(word[0]) > NARROWEST_EM else word[0], cut
    )


def _width_em(word: str) -> float:
    """At most so wide; small letters are about half as wide as the font is high."""
    return sum(0.6 if sign.islower() or sign.isdigit() else 1.0 for sign in word)
