"""The words of a loan slip, and how German and English write days, times and money."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from medialab_hub.domain.loan_slips import SlipNote, SlipPaper
from medialab_wire.texts import Text

DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip

TITLES = {
    SlipPaper.LOAN: Text(de="Leihschein", en="Loan slip"),
    SlipPaper.PACKING: Text(de="Packzettel", en="Packing slip"),
    SlipPaper.RETURN: Text(de="Rückgabeschein", en="Return slip"),
}
PAGE = Text(de="Seite", en="Page")
REQUESTED = Text(de="Noch nicht zugesagt: Dies ist eine Anfrage.", en="Not agreed yet: this is a request.")
BOOKING = Text(de="Buchung", en="Booking")
INSTITUTION = Text(de="Einrichtung", en="Institution")
SCHOOL_NUMBER = Text(de="Schulnummer", en="School number")
MUNICIPALITY = Text(de="Ort", en="Municipality")
PERSON = Text(de="Verantwortlich", en="Responsible adult")
RECEIVER = Text(de="Empfang", en="Received by")
PURPOSE = Text(de="Zweck", en="Purpose")
FROM = Text(de="Ausgabe", en="From")
UNTIL = Text(de="Rückgabe bis", en="Return by")
GOODS = {
    SlipPaper.LOAN: Text(de="Was mitgeht", en="What goes out"),
    SlipPaper.PACKING: Text(de="Was eingepackt wird", en="What is packed"),
    SlipPaper.RETURN: Text(de="Was zurück ist", en="What is back"),
}
_OUT, _BACK = Text(de="Aus", en="Out"), Text(de="Zurück", en="Back")
_DEVICE, _LABEL = Text(de="Gerät", en="Device"), Text(de="Etikett", en="Label")
_PIECES = Text(de="Zubehör", en="Accessories")
COLUMNS = {
    SlipPaper.LOAN: (_OUT, _DEVICE, _LABEL, _PIECES, Text(de="Ersatzwert", en="Value"), _BACK),
    SlipPaper.PACKING: (Text(de="Drin", en="In"), _DEVICE, _LABEL, _PIECES, Text(de="Liegt in", en="Kept in")),
    SlipPaper.RETURN: (_BACK, _DEVICE, _LABEL, _PIECES, Text(de="Zurück am", en="Returned")),
}
"""The last but one, or the last, says what matters on that paper: the value, the place, the moment."""
NOT_BACK = Text(de="fehlt noch", en="still missing")
STILL_OUT = Text(de="Noch nicht zurück", en="Not back yet")
ALL_BACK = Text(de="Alles ist zurück.", en="Everything is back.")
KIT = Text(de="Koffer", en="Kit")
SINGLE = Text(de="Einzelne Geräte", en="Single devices")
QUANTITY = Text(de="Menge", en="Quantity")
TOTAL = Text(de="Zusammen", en="Total")
DEVICE = Text(de="Gerät", en="device")
DEVICES = Text(de="Geräte", en="devices")
VALUE = Text(de="Ersatzwert", en="replacement value")
MISSING = Text(de="Noch ohne freies Gerät", en="Still without a free device")
NOTES = {
    SlipNote.UNVERIFIED: Text(
        de="Achtung: Ob es vollständig zurückgesetzt ist, ließ sich nicht nachprüfen.",
        en="Note: it could not be checked that it is completely reset.",
    ),
    SlipNote.RELEASED: Text(
        de="Zurücksetzen nicht nachgeprüft; vom Personal trotzdem freigegeben.",
        en="Reset not verified; released by staff nevertheless.",
    ),
    SlipNote.FAILED: Text(
        de="Achtung: Beim Zurücksetzen ist eine Prüfung fehlgeschlagen.", en="Note: a check of its reset failed."
    ),
    SlipNote.BACK: Text(de="Schon zurückgegeben.", en="Already returned."),
}
GONE = Text(de="Nicht zurückgekommen", en="Did not come back")
TESTED = Text(de="Sicherheitsprüfung", en="Safety test")
CASE_PIECES = Text(de="Zum Koffer gehört", en="Belongs to the case")
RULES_TITLE = Text(de="Was dabei gilt", en="What applies")
RULES = (
    Text(
        de="Die Leihe ist unentgeltlich. Bitte geben Sie nichts davon an Dritte weiter.",
        en="The loan is free of charge. Please do not pass anything on to third parties.",
    ),
    Text(
        de="Der Rückgabetag ist der Tag, an dem alles wieder bei uns ankommt.",
        en="The return day is the day on which everything arrives back here.",
    ),
    Text(
        de="Bitte prüfen Sie bei der Ausgabe, ob alles dabei und heil ist, und haken Sie es ab.",
        en="Please check at hand-over that everything is there and intact, and tick it off.",
    ),
    Text(
        de="Geht etwas kaputt oder verloren, sagen Sie uns bitte sofort Bescheid. Was fehlt oder beschädigt ist, "
        "ist zum Ersatzwert zu ersetzen.",
        en="If anything breaks or is lost, please tell us at once. What is missing or damaged has to be replaced at "
        "its replacement value.",
    ),
    Text(
        de="Bei der Rückgabe löschen wir, was auf den Geräten liegt. Sichern Sie vorher, was Sie behalten möchten.",
        en="At return we erase what is on the devices. Save beforehand what you would like to keep.",
    ),
)
HAND_OVER = (
    Text(de="Ausgabe", en="Hand-over"),
    Text(
        de="Alles Abgehakte habe ich vollständig und in gutem Zustand erhalten.",
        en="I have received everything ticked, complete and in good condition.",
    ),
)
RETURN = (
    Text(de="Rückgabe", en="Return"),
    Text(
        de="Alles Abgehakte ist zurück. Was fehlt oder beschädigt ist:",
        en="Everything ticked is back. What is missing or damaged:",
    ),
)
PACKED = (
    Text(de="Eingepackt und übergeben", en="Packed and handed on"),
    Text(de="Alles Abgehakte ist drin. Was fehlt:", en="Everything ticked is in it. What is missing:"),
)
SIGNING = {
    SlipPaper.LOAN: ((HAND_OVER, False), (RETURN, True)),
    SlipPaper.PACKING: ((PACKED, True),),
    SlipPaper.RETURN: ((RETURN, True),),
}
"""What is signed on each paper, and whether there is a line to write on."""
DATE = Text(de="Datum, Uhrzeit", en="Date, time")
LAB_SIGNS = Text(de="Unterschrift Verleih", en="Signature of the lender")
BORROWER_NAME = Text(de="Name in Druckschrift", en="Name in block letters")
BORROWER_SIGNS = Text(de="Unterschrift Entleiher/in", en="Signature of the borrower")
STAMP = Text(de="Stempel der Einrichtung", en="Stamp of the institution")


def in_language(text: Text, language: str) -> str:
    """German, unless English is asked for."""
    return text.en if language == "en" else text.de


def local_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`Montag, 23. November 2026, 14:30 Uhr` or `Monday, 23 November 2026, 14:30`, as a clock in the lab shows it."""
    local = moment.astimezone(zone)
    key = "en" if language == "en" else "de"
    day, month = DAYS[key][local.weekday()], MONTHS[key][local.month - 1]
    if key == "en":
        return f"{day}, {local.day} {month} {local.year}, {local:%H:%M}"
    return f"{day}, {local.day}. {month} {local.year}, {local:%H:%M} Uhr"


def short_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`23.11.2026 14:30` or `23/11/2026 14:30`, for a narrow column."""
    return f"{moment.astimezone(zone):{'%d/%m/%Y' if language == 'en' else '%d.%m.%Y'} %H:%M}"


def day_of(day: date, language: str) -> str:
    """`23.11.2026` or `23/11/2026`."""
    return f"{day:{'%d/%m/%Y' if language == 'en' else '%d.%m.%Y'}}"


def money(cents: int, language: str) -> str:
    """`1.234,50 €` or `€1,234.50`."""
    plain = f"{cents / 100:,.2f}"
    if language == "en":
        return f"€{plain}"
    return plain.translate(str.maketrans(",.", ".,")) + "\u00a0€"
