"""Loan, packing and return slips as PDF: who borrows what until when, to be ticked off, signed and stamped."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.adapters import loan_slip_words as words
from medialab_hub.adapters.drawable import POORER, breakable
from medialab_hub.adapters.loan_slip_words import day_of, in_language, local_moment, money, short_moment
from medialab_hub.domain.accessories import Piece
from medialab_hub.domain.loan_slips import LoanSlip, SlipGroup, SlipItem, SlipNote, SlipPaper
from medialab_wire.texts import Text

BY_HAND = "…" * 20
"""A line to write on."""


class LoanSlipPrinter:
    """Makes PDFs with Typst: tagged (PDF/UA-1), so that they can be read aloud; names are data, never markup."""

    def __init__(self) -> None:
        """Reads the layout; the program that sets it is loaded with the first slip."""
        self._template = resources.files("medialab_hub.adapters").joinpath("loan_slip.typ").read_bytes()
        self._lock = threading.Lock()

    def make(self, slip: LoanSlip, paper: SlipPaper, language: str, zone: ZoneInfo) -> bytes:
        """The PDF in `de` or `en`, with the times of `zone`. Slow; call it in a thread."""
        import typst  # here because it takes 7 MB that most hubs do not need most of the time

        content = Wording(slip, paper, language, zone).content()
        for fit in POORER[:-1]:
            try:
                return self._compile(content, fit)
            except typst.TypstError:  # a sign no font here can draw
                continue
        return self._compile(content, POORER[-1])

    def _compile(self, content: dict[str, Any], fit: Callable[[str], str]) -> bytes:
        import typst

        data = json.dumps(_each(content, lambda said: breakable(fit(said))))
        with self._lock:
            return typst.compile(self._template, format="pdf", sys_inputs={"content": data}, pdf_standards=["ua-1"])


@dataclass(frozen=True)
class Wording:
    """Everything on one paper as words, for the layout."""

    slip: LoanSlip
    paper: SlipPaper
    language: str
    zone: ZoneInfo

    def content(self) -> dict[str, Any]:
        """What the layout is given; every text in it is data."""
        return {
            "language": "en" if self.language == "en" else "de",
            "lab": self.slip.lab,
            "booking": self.slip.booking,
            "state": self._say(words.REQUESTED) if self.slip.is_request else "",
            "words": self._labels(),
            "facts": self._facts(),
            "groups": [self._group(group) for group in self.slip.groups],
            "total": self._total(),
            "rules": [self._say(rule) for rule in words.RULES] if self.paper is SlipPaper.LOAN else [],
            "signing": [
                {"title": self._say(title), "text": self._say(text), "has-remarks": has_remarks}
                for (title, text), has_remarks in words.SIGNING[self.paper]
            ],
        }

    def _say(self, text: Text) -> str:
        return in_language(text, self.language)

    def _labels(self) -> dict[str, Any]:
        return {
            "title": self._say(words.TITLES[self.paper]),
            "page": self._say(words.PAGE),
            "goods": self._say(words.GOODS[self.paper]),
            "columns": [self._say(word) for word in words.COLUMNS[self.paper]],
            "rules-title": self._say(words.RULES_TITLE),
            "date": self._say(words.DATE),
            "lab-signs": self._say(words.LAB_SIGNS),
            "borrower-name": self._say(words.BORROWER_NAME),
            "borrower-signs": self._say(words.BORROWER_SIGNS),
            "stamp": self._say(words.STAMP),
        }

    def _facts(self) -> list[tuple[str, str]]:
        """What is not known has no line, but who is responsible and for whom: that is written in by hand."""
        slip = self.slip
        person = [(words.PERSON, slip.person or BY_HAND), (words.RECEIVER, slip.receiver)]
        rows = [
            (words.BOOKING, slip.booking),
            (words.INSTITUTION, slip.institution or BY_HAND),
            (words.SCHOOL_NUMBER, slip.school_number),
            (words.MUNICIPALITY, slip.municipality),
            *([] if self.paper is SlipPaper.PACKING else person),
            (words.PURPOSE, "" if self.paper is SlipPaper.PACKING else slip.purpose),
            (words.FROM, local_moment(slip.starts, self.zone, self.language)),
            (words.UNTIL, local_moment(slip.ends, self.zone, self.language)),
        ]
        return [(self._say(label), value) for label, value in rows if value]

    def _group(self, group: SlipGroup) -> dict[str, Any]:
        title = f"{self._say(words.KIT)} {group.title}" if group.is_kit else group.title or self._say(words.SINGLE)
        return {
            "title": f"{title} · {self._say(words.QUANTITY)}: {len(group.items)}",
            "items": [self._item(item, group) for item in group.items],
            "missing": f"{self._say(words.MISSING)}: {group.missing}" if group.missing else "",
            "own": self._say(words.CASE_PIECES) if group.pieces else "",
            "pieces": [self._piece(piece) for piece in group.pieces],
            "gone": "" if self.paper is SlipPaper.PACKING else self._gone(group.gone),
        }

    def _item(self, item: SlipItem, group: SlipGroup) -> dict[str, Any]:
        # On a return slip the column says when.
        notes = [note for note in item.notes if not (self.paper is SlipPaper.RETURN and note is SlipNote.BACK)]
        return {
            "name": item.name,
            "model": "" if item.model in (item.name, group.title) else item.model,
            "tag": item.tag,
            "pieces": [self._piece(piece) for piece in item.pieces],
            "said": self._what_matters(item),
            "notes": [*(self._say(words.NOTES[note]) for note in notes), *self._more(item)],
        }

    def _more(self, item: SlipItem) -> list[str]:
        """The day of the safety test for who takes it; what did not come back for who brought it."""
        gone = self._gone(item.missing)
        found = [] if self.paper is SlipPaper.PACKING or not gone else [gone]
        if self.paper is SlipPaper.LOAN and item.tested is not None:
            found.append(f"{self._say(words.TESTED)}: {day_of(item.tested, self.language)}")
        return found

    def _gone(self, pieces: Sequence[Piece]) -> str:
        said = ", ".join(self._piece(piece) for piece in pieces)
        return f"{self._say(words.GONE)}: {said}" if said else ""

    def _what_matters(self, item: SlipItem) -> str:
        if self.paper is SlipPaper.PACKING:
            return item.place or "–"
        if self.paper is SlipPaper.LOAN:
            return "–" if item.value_cents is None else money(item.value_cents, self.language)
        if item.back_at is not None:
            return short_moment(item.back_at, self.zone, self.language)
        return self._say(words.NOT_BACK) if item.is_out else "–"

    def _piece(self, piece: Piece) -> str:
        return self._say(piece.name) if piece.count == 1 else f"{piece.count} × {self._say(piece.name)}"

    def _total(self) -> str:
        slip = self.slip
        counted = self._counted(words.TOTAL, slip.count)
        if self.paper is SlipPaper.RETURN and slip.out:
            return self._counted(words.STILL_OUT, slip.out)
        if self.paper is SlipPaper.RETURN:
            return self._say(words.ALL_BACK) if slip.is_all_back else counted
        if self.paper is SlipPaper.PACKING or slip.value_cents is None:
            return counted
        return f"{counted}, {self._say(words.VALUE)} {money(slip.value_cents, self.language)}"

    def _counted(self, label: Text, count: int) -> str:
        return f"{self._say(label)}: {count} {self._say(words.DEVICE if count == 1 else words.DEVICES)}"


def _each(content: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {key: _each(value, change) for key, value in content.items()}
    return [_each(value, change) for value in content] if isinstance(content, list | tuple) else content
