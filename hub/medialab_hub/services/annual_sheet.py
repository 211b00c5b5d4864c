"""The yearly report as a table for a spreadsheet: one row for each group."""

from collections.abc import Iterator, Sequence

from medialab_hub.domain.tables_of_text import write
from medialab_hub.services import annual_words as words
from medialab_hub.services.annual_reports import Row
from medialab_hub.services.annual_words import day, say


def sheet_of(report: Row, language: str) -> bytes:
    """CSV for Excel in that language; numbers of groups with the total first."""
    header = [words.GROUP, words.KEY, words.NAME, *words.MEASURES.values()]
    return write([say(word, language) for word in header], _rows(report, language))


def _rows(report: Row, language: str) -> Iterator[Sequence[str]]:
    yield [
        say(words.TOTAL, language),
        "",
        f"{day(report['first'], language)} – {day(report['last'], language)}",
        *_numbers(report["total"], language),
    ]
    for dimension, groups in report["groups"].items():
        title = say(words.DIMENSIONS[dimension], language)
        for group in groups:
            name = group["name"]["en" if language == "en" else "de"]
            key = group["key"].replace("\t", " ")
            yield [title, key, name, *_numbers(group, language)]
    for one in report["programmes"]:
        numbers = {name: one.get(name) for name in words.MEASURES}
        yield [say(words.PROGRAMMES, language), "", one["programme"], *_numbers(numbers, language)]


def _numbers(measures: Row, language: str) -> list[str]:
    return [words.number(name, measures[name], language) for name in words.MEASURES]
