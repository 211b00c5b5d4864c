"""The order of names that people expect: "Tablet 2" before "Tablet 10", "Ä" as "A"."""

import re
import unicodedata

_DIGITS = re.compile(r"[0-9]+")
_LAST_OF_ALL = re.compile("[\ue000-\uffff]")
"""Browsers compare UTF-16 code units (ECMA-262, IsLessThan): these come after what takes two of them, such as emoji."""
WIDTH = 9
"""Numbers with more digits than that sort as text."""


def natural_key(name: str) -> str:
    """What to compare in place of the name; umlauts are their letters, "ß" is "ss" (DIN 5007-1).

    The dashboard places names by the same rule (dashboard/src/lib/devices/order.ts)."""
    folded = name.lower() if name.isascii() else _without_marks(name).lower().replace("ß", "ss")
    if not folded.isascii():
        folded = _LAST_OF_ALL.sub(lambda character: chr(ord(character[0]) + 0x100000), folded)
    return _DIGITS.sub(lambda digits: digits[0].zfill(WIDTH), folded)


def _without_marks(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.category(c).startswith("M"))
