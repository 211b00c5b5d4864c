"""The order of names that people expect: "Tablet 2" before "Tablet 10", "Ä" as "A"."""

import re
import unicodedata

_DIGITS = re.compile(r"\d+")
WIDTH = 9
"""Numbers with more digits than that sort as text."""


def natural_key(name: str) -> str:
    """Compares by code points as the name does for people; umlauts as their letters (DIN 5007-1).

    The dashboard places names by the same rule (dashboard/src/lib/devices/order.ts)."""
    folded = name.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return _DIGITS.sub(lambda digits: digits[0].zfill(WIDTH), folded)
