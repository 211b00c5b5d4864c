"""The loan slip as PDF: who borrows what until when, to be ticked off, signed and stamped."""

import json
import threading
from collections.abc import Callable
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.adapters import loan_slip_words as words
from medialab_hub.adapters.drawable import POORER, breakable
from medialab_hub.adapters.loan_slip_words import in_language, local_moment, money
from medialab_hub.domain.loan_slips import LoanSlip, Piece, SlipGroup, SlipItem
from medialab_wire.texts import Text

Say = Callable[[Text], str]


class LoanSlipPrinter:
    """Makes PDFs with Typst: tagged (PDF/UA-1), so that they can be read aloud; names are data, never markup."""

    def __init__(self) -> None:
        """Reads the layout; the program that sets it is loaded with the first slip."""
        self._template = resources.files("medialab_hub.adapters").joinpath("loan_slip.typ").read_bytes()
        self._lock = threading.Lock()

    def make(self, slip: LoanSlip, language: str, zone: ZoneInfo) -> bytes:
        """The PDF in `de` or `en`, with the times of `zone`. Slow; call it in a thread."""
        import typst  # here because it takes 7 MB that most hubs do not need most of the time

        content = content_of(slip, language, zone)
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


def content_of(slip: LoanSlip, language: str, zone: ZoneInfo) -> dict[str, Any]:
    """Everything on the paper as words, for the layout."""

    def say(text: Text) -> str:
        return in_language(text, language)

    return {
        "language": "en" if language == "en" else "de",
        "lab": slip.lab,
        "booking": slip.booking,
        "state": say(words.REQUESTED) if slip.is_request else "",
        "words": _labels(say),
        "facts": _facts(slip, say, language, zone),
        "groups": [_group(group, say, language) for group in slip.groups],
        "total": _total(slip, say, language),
        "rules": [say(rule) for rule in words.RULES],
        "signing": [
            {"title": say(words.HAND_OVER), "text": say(words.HAND_OVER_TEXT), "has-remarks": False},
            {"title": say(words.RETURN), "text": say(words.RETURN_TEXT), "has-remarks": True},
        ],
    }


def _labels(say: Say) -> dict[str, Any]:
    return {
        "title": say(words.TITLE),
        "page": say(words.PAGE),
        "goods": say(words.GOODS),
        "columns": [say(word) for word in words.COLUMNS],
        "rules-title": say(words.RULES_TITLE),
        "date": say(words.DATE),
        "lab-signs": say(words.LAB_SIGNS),
        "borrower-name": say(words.BORROWER_NAME),
        "borrower-signs": say(words.BORROWER_SIGNS),
        "stamp": say(words.STAMP),
    }


def _facts(slip: LoanSlip, say: Say, language: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    """What is not known has no line, but who is responsible and for whom: that is written in by hand."""
    always = [
        (words.BOOKING, slip.booking),
        (words.INSTITUTION, slip.institution or "…" * 20),
        (words.PERSON, slip.person or "…" * 20),
        (words.FROM, local_moment(slip.starts, zone, language)),
        (words.UNTIL, local_moment(slip.ends, zone, language)),
    ]
    known = [(words.SCHOOL_NUMBER, slip.school_number), (words.MUNICIPALITY, slip.municipality)]
    purpose = [(words.PURPOSE, slip.purpose)]
    rows = always[:2] + known + always[2:3] + purpose + always[3:]
    return [(say(label), value) for label, value in rows if value]


def _group(group: SlipGroup, say: Say, language: str) -> dict[str, Any]:
    title = f"{say(words.KIT)} {group.title}" if group.is_kit else group.title or say(words.SINGLE)
    return {
        "title": f"{title} · {say(words.QUANTITY)}: {len(group.items)}",
        "items": [_item(item, group, say, language) for item in group.items],
        "missing": f"{say(words.MISSING)}: {group.missing}" if group.missing else "",
    }


def _item(item: SlipItem, group: SlipGroup, say: Say, language: str) -> dict[str, Any]:
    said = (item.name, group.title)
    return {
        "name": item.name,
        "model": "" if item.model in said else item.model,
        "tag": item.tag,
        "pieces": [_piece(piece, say) for piece in item.pieces],
        "value": "–" if item.value_cents is None else money(item.value_cents, language),
        "notes": [say(words.NOTES[note]) for note in item.notes],
    }


def _piece(piece: Piece, say: Say) -> str:
    return say(piece.name) if piece.count == 1 else f"{piece.count} × {say(piece.name)}"


def _total(slip: LoanSlip, say: Say, language: str) -> str:
    counted = f"{slip.count} {say(words.DEVICE if slip.count == 1 else words.DEVICES)}"
    value = slip.value_cents
    worth = "" if value is None else f", {say(words.VALUE)} {money(value, language)}"
    return f"{say(words.TOTAL)}: {counted}{worth}"


def _each(content: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {key: _each(value, change) for key, value in content.items()}
    return [_each(value, change) for value in content] if isinstance(content, list | tuple) else content
