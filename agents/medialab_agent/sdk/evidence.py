"""Words of evidence: what a check expected and observed, as counts and kinds in both languages."""

from collections.abc import Iterable
from typing import Self

from medialab_wire.progress import Check
from medialab_wire.texts import Text

MOST = 200
"""Characters of one text of evidence; a device that answers with long lists does not fill the record."""


class Advised(tuple[Check, ...]):
    """What `verify` found, with what helps when some of it failed: one step a line, None for resetting again."""

    advice: Text | None

    def __new__(cls, checks: Iterable[Check], advice: Text | None) -> Self:
        """The checks, and the advice."""
        made = super().__new__(cls, checks)
        made.advice = advice
        return made


def count(de: str, en: str, number: int) -> Text:
    """How many of a kind, such as "Fotos: 3"; the words need no plural form of their own."""
    return Text(de=f"{de}: {number}", en=f"{en}: {number}")


def quoted(words: str) -> Text:
    """A value as the device gave it, cut to `MOST` characters."""
    return Text.same(_cut(words))


def listed(parts: Iterable[Text]) -> Text | None:
    """All parts in one line, cut to `MOST` characters; None when there are none."""
    found = tuple(parts)
    if not found:
        return None
    return Text(de=_cut(", ".join(part.de for part in found)), en=_cut(", ".join(part.en for part in found)))


def _cut(line: str) -> str:
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"
