"""Reports of damage and loss as PDF, for the insurer: the device, its value, what happened, photos."""

import base64
import json
import threading
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.adapters import damage_report_words as words
from medialab_hub.adapters.drawable import POORER, breakable
from medialab_hub.adapters.loan_slip_words import in_language, local_moment, money
from medialab_hub.domain.damages import DamageReport, ShownPhoto
from medialab_wire.texts import Text


class DamageReportPrinter:
    """Makes PDFs with Typst: tagged (PDF/UA-1); names and words are data, never markup."""

    def __init__(self) -> None:
        """Reads the layout; the program that sets it is loaded with the first report."""
        self._template = resources.files("medialab_hub.adapters").joinpath("damage_report.typ").read_bytes()
        self._lock = threading.Lock()

    def make(self, report: DamageReport, language: str, zone: ZoneInfo) -> bytes:
        """The PDF in `de` or `en`, with the times of `zone`. Slow; call it in a thread."""
        import typst  # here because it takes 7 MB that most hubs do not need most of the time

        content = _content(report, language, zone)
        for fit in POORER[:-1]:
            try:
                return self._compile(content, report.photos, fit)
            except typst.TypstError:  # a sign no font here can draw
                continue
        return self._compile(content, report.photos, POORER[-1])

    def _compile(self, content: dict[str, Any], photos: Sequence[ShownPhoto], fit: Callable[[str], str]) -> bytes:
        import typst

        data = json.dumps(_each(content, lambda said: breakable(fit(said))))
        shots = {f"photo-{at}.svg": _framed(photo) for at, photo in enumerate(photos)}
        files: Any = {"main": self._template, **shots}  # its types do not tell of several files
        with self._lock:
            pdf: bytes = typst.compile(files, format="pdf", sys_inputs={"content": data}, pdf_standards=["ua-1"])
        return pdf


def _framed(photo: ShownPhoto) -> bytes:
    """Typst takes files as text only; nothing of a photo is laid on a disk for it."""
    size = f'width="{photo.width}" height="{photo.height}"'
    data = base64.b64encode(photo.data).decode()
    link = f'href="data:image/jpeg;base64,{data}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} {link}/></svg>'.encode()


def _content(report: DamageReport, language: str, zone: ZoneInfo) -> dict[str, Any]:
    """What the layout is given; every text in it is data."""

    def say(text: Text) -> str:
        return in_language(text, language)

    return {
        "language": "en" if language == "en" else "de",
        "lab": report.lab,
        "case": report.case,
        "photos": [f"photo-{at}.svg" for at, _ in enumerate(report.photos)],
        "words": {name: say(text) for name, text in words.LABELS.items()},
        "device": _rows(_device(report, language, zone), say),
        "event": _rows(_event(report, language, zone), say),
        "said": report.words or "…" * 60,
        "outcome": _outcome(report, language, zone),
    }


def _device(report: DamageReport, language: str, zone: ZoneInfo) -> list[tuple[Text, str]]:
    value = "" if report.value_cents is None else money(report.value_cents, language)
    owned = "" if report.owned_since is None else local_moment(report.owned_since, zone, language)
    return [
        (words.DEVICE, report.device),
        (words.MODEL, report.model),
        (words.TAG, report.tag),
        (words.SERIAL, ", ".join(report.serials)),
        (words.OWNED, owned),
        (words.VALUE, value),
    ]


def _event(report: DamageReport, language: str, zone: ZoneInfo) -> list[tuple[Text, str]]:
    loan = "" if report.loan is None else " – ".join(local_moment(one, zone, language) for one in report.loan)
    return [
        (words.KIND, in_language(words.KINDS[report.kind], language)),
        (words.REPORTED, local_moment(report.reported, zone, language)),
        (words.INSTITUTION, report.institution),
        (words.BOOKING, report.booking),
        (words.LOAN, loan),
    ]


def _rows(rows: list[tuple[Text, str]], say: Callable[[Text], str]) -> list[tuple[str, str]]:
    """What is not known has no line."""
    return [(say(label), value) for label, value in rows if value]


def _outcome(report: DamageReport, language: str, zone: ZoneInfo) -> str:
    if report.outcome is None or report.closed is None:
        return in_language(words.OPEN, language)
    said = in_language(words.OUTCOMES[report.outcome], language)
    return f"{said} ({local_moment(report.closed, zone, language)})"


def _each(content: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {key: value if key == "photos" else _each(value, change) for key, value in content.items()}
    return [_each(value, change) for value in content] if isinstance(content, list | tuple) else content
