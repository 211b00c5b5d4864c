"""The report of a year as PDF, for the committee that decides about the centre."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any

from medialab_hub.adapters.drawable import POORER, breakable
from medialab_hub.services import annual_words as words
from medialab_hub.services.annual_words import day, number, say
from medialab_wire.texts import Text

Report = Mapping[str, Any]


class AnnualReportPrinter:
    """Makes PDFs with Typst: tagged (PDF/UA-1), so that they can be read aloud; names are data, never markup."""

    def __init__(self) -> None:
        """Reads the layout; the program that sets it is loaded with the first report."""
        self._template = resources.files("medialab_hub.adapters").joinpath("annual_report.typ").read_bytes()
        self._lock = threading.Lock()

    def make(self, report: Report, lab: str, language: str) -> bytes:
        """The PDF of `annual_reports.shown` in `de` or `en`. Slow; call it in a thread."""
        import typst  # here because it takes 7 MB that most hubs do not need most of the time

        content = content_of(report, lab, language)
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


def content_of(report: Report, lab: str, language: str) -> dict[str, Any]:
    """What the layout is given; every text in it is data."""
    title = f"{say(words.TITLE[report['kind']], language)} {_name_of(report)}"
    period = f"{say(words.PERIOD, language)}: {day(report['first'], language)} – {day(report['last'], language)}"
    made = f"{say(words.MADE, language)}: {day(report['made'], language)}"
    tables = [_table(Text.same(title), words.NAME, words.MEASURES, [("", words.TOTAL, report["total"])], language)]
    for dimension, groups in report["groups"].items():
        rows = [(group["key"], Text.model_validate(group["name"]), group) for group in groups]
        if rows:
            tables.append(_table(words.DIMENSIONS[dimension], words.NAME, words.MEASURES, rows, language))
    programmes = [("", Text.same(one["programme"]), one) for one in report["programmes"]]
    if programmes:
        tables.append(_table(words.PROGRAMMES, words.NAME, words.PROGRAMME, programmes, language))
    tables[0]["title"] = say(words.TOTAL, language)
    return {
        "language": "en" if language == "en" else "de",
        "lab": lab,
        "title": title,
        "page": say(words.PAGE, language),
        "notes": [f"{period}. {made}.", *(say(note, language) for note in words.NOTES)],
        "tables": tables,
    }


def _name_of(report: Report) -> str:
    """`2026`, or `2026/27` for a school year."""
    year = report["year"]
    return f"{year}/{(year + 1) % 100:02}" if report["kind"] == "school" else str(year)


def _table(
    title: Text,
    first: Text,
    columns: Mapping[str, Text],
    rows: Iterable[tuple[str, Text, Mapping[str, Any]]],
    language: str,
) -> dict[str, Any]:
    shown = [
        [say(name, language), *(number(field, measures[field], language) or "–" for field in columns)]
        for _, name, measures in rows
    ]
    header = [say(word, language) for word in (first, *columns.values())]
    return {"title": say(title, language), "columns": header, "rows": shown}


def _each(content: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {key: _each(value, change) for key, value in content.items()}
    return [_each(value, change) for value in content] if isinstance(content, list | tuple) else content
