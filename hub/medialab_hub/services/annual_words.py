"""The words of a yearly report, and how German and English write its numbers."""

from datetime import date

from medialab_hub.domain.annual_reports import Dimension
from medialab_wire.texts import Text

TITLE = {
    "calendar": Text(de="Jahresbericht", en="Annual report"),
    "school": Text(de="Bericht über das Schuljahr", en="Report of the school year"),
}
TOTAL = Text(de="Zusammen", en="Total")
GROUP = Text(de="Gliederung", en="Told apart by")
NAME = Text(de="Bezeichnung", en="Name")
KEY = Text(de="Schlüssel", en="Key")
MADE = Text(de="Stand", en="As of")
PAGE = Text(de="Seite", en="Page")
PERIOD = Text(de="Zeitraum", en="Period")
DIMENSIONS = {
    Dimension.INSTITUTION_KIND.value: Text(de="Nach Art der Einrichtung", en="By kind of institution"),
    Dimension.SCHOOL_FORM.value: Text(de="Nach Schulform", en="By form of school"),
    Dimension.MUNICIPALITY.value: Text(de="Nach Ort", en="By municipality"),
    Dimension.AREA.value: Text(
        de="Nach Bereich des Medienkompetenzrahmens NRW", en="By area of the Medienkompetenzrahmen NRW"
    ),
    Dimension.MODEL.value: Text(de="Nach Modell", en="By model"),
}
MEASURES = {
    "loans": Text(de="Ausleihen", en="Loans"),
    "items": Text(de="Geräte", en="Devices"),
    "loan_days": Text(de="Leihtage", en="Loan days"),
    "participants": Text(de="Teilnehmende", en="Participants"),
    "utilisation": Text(de="Auslastung", en="Utilisation"),
    "on_time_rate": Text(de="Pünktlich zurück", en="Back in time"),
    "damages": Text(de="Schäden", en="Damages"),
    "unverified": Text(de="Ohne Nachweis ausgegeben", en="Handed out unproven"),
    "reset_min": Text(de="Minuten Zurücksetzen", en="Minutes of resetting"),
    "unmet": Text(de="Unerfüllte Wünsche", en="Refused wishes"),
    "unmet_units": Text(de="Dabei fehlende Geräte", en="Devices missing for them"),
}
"""In the order of the columns."""
RATES = frozenset({"utilisation", "on_time_rate"})
PROGRAMMES = Text(de="Nach Förderprogramm", en="By funding programme")
PROGRAMME = {
    "devices": Text(de="Geräte im Bestand", en="Devices owned"),
    "bound": Text(de="Davon zweckgebunden", en="Of these still bound"),
    "loans": MEASURES["loans"],
    "items": Text(de="Ausgegebene Geräte", en="Devices lent"),
    "loan_days": MEASURES["loan_days"],
    "utilisation": MEASURES["utilisation"],
}
NOTES = (
    Text(
        de="Gezählt sind Ausleihen, die im Zeitraum begonnen haben und zurück sind. Der Bericht enthält keine Angaben "
        "zu Personen.",
        en="Counted are loans that began in the period and are back. The report says nothing about any person.",
    ),
    Text(
        de="Auslastung: an wie vielen Tagen, an denen ein Gerät zum Bestand gehörte, es ausgeliehen war.",
        en="Utilisation: on how many of the days on which a device belonged to the inventory it was lent.",
    ),
    Text(
        de="Ein Gerät zählt in jedem Bereich, dem es dient; die Bereiche ergeben zusammen mehr als die Summe.",
        en="A device counts in each area it serves; together the areas make more than the total.",
    ),
)


def say(text: Text, language: str) -> str:
    """German, unless English is asked for."""
    return text.en if language == "en" else text.de


def day(iso: str, language: str) -> str:
    """`23.11.2026` or `23/11/2026` of a day that begins like `2026-11-23`."""
    return f"{date.fromisoformat(iso[:10]):{'%d/%m/%Y' if language == 'en' else '%d.%m.%Y'}}"


def number(name: str, value: float | None, language: str) -> str:
    """A count as it is, a rate as percent with one digit; nothing where there is none."""
    if value is None:
        return ""
    if name not in RATES:
        return str(value)
    percent = f"{value * 100:.1f}"
    return f"{percent} %" if language == "en" else f"{percent.replace('.', ',')} %"
