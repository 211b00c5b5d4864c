"""The loan slip as PDF, read back by a program that did not write it: text, tags, pages, both languages."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.adapters.drawable import MOST
from medialab_hub.adapters.loan_slip import LoanSlipPrinter
from medialab_hub.adapters.loan_slip_words import local_moment, money
from medialab_hub.domain.accessories import Piece
from medialab_hub.domain.loan_slips import LoanSlip, SlipGroup, SlipItem, SlipNote, SlipPaper
from medialab_wire.texts import Text
from tests.fixtures import pdf_reader as pdf

BERLIN = ZoneInfo("Europe/Berlin")
CABLE = Piece(Text(de="Ladekabel", en="Charging cable"))
PENS = Piece(Text(de="Stifte", en="Pens"), 2)
PAD = SlipItem("Tablet 1", "iPad 9", "ML-0001", (CABLE, PENS), 45_950)
SLIP = LoanSlip(
    lab="Medienzentrum Musterkreis",
    booking="bok-1",
    is_request=False,
    institution="Grundschule Am Markt",
    school_number="123456",
    municipality="Musterstadt",
    person="Erika Mustermann",
    purpose="Projektwoche",
    starts=datetime(2027, 3, 26, 7, 30, tzinfo=UTC),
    ends=datetime(2027, 4, 2, 14, 0, tzinfo=UTC),
    groups=(SlipGroup("iPad 9", is_kit=False, items=(PAD,)),),
)


def printed(slip: LoanSlip = SLIP, language: str = "de", paper: SlipPaper = SlipPaper.LOAN) -> bytes:
    return LoanSlipPrinter().make(slip, paper, language, BERLIN)


def named(*names: str) -> LoanSlip:
    items = tuple(replace(PAD, name=name, tag=f"ML-{number:04}") for number, name in enumerate(names, 1))
    return replace(SLIP, groups=(SlipGroup("iPad 9", is_kit=False, items=items),))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            "Medienzentrum Musterkreis Leihschein Buchung bok-1 Einrichtung Grundschule Am Markt Schulnummer 123456 "
            "Ort Musterstadt Verantwortlich Erika Mustermann Zweck Projektwoche "
            "Ausgabe Freitag, 26. März 2027, 08:30 Uhr Rückgabe bis Freitag, 2. April 2027, 16:00 Uhr Was mitgeht",
        ),
        (
            "en",
            "Medienzentrum Musterkreis Loan slip Booking bok-1 Institution Grundschule Am Markt School number 123456 "
            "Municipality Musterstadt Responsible adult Erika Mustermann Purpose Projektwoche "
            "From Friday, 26 March 2027, 08:30 Return by Friday, 2 April 2027, 16:00 What goes out",
        ),
    ],
)
def test_it_says_who_borrows_until_when_in_local_time(language: str, words: str) -> None:
    assert pdf.words_of(printed(language=language)).startswith(words)  # a night with a clock change lies between


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "de",
            [
                ["Aus", "Gerät", "Etikett", "Zubehör", "Ersatzwert", "Zurück"],
                ["iPad 9 · Menge: 1"],
                ["", "Tablet 1", "ML-0001", "Ladekabel 2 × Stifte", "459,50 €", ""],
            ],
        ),
        (
            "en",
            [
                ["Out", "Device", "Label", "Accessories", "Value", "Back"],
                ["iPad 9 · Quantity: 1"],
                ["", "Tablet 1", "ML-0001", "Charging cable 2 × Pens", "€459.50", ""],
            ],
        ),
    ],
)
def test_who_has_it_read_aloud_hears_the_table_cell_by_cell(language: str, rows: list[list[str]]) -> None:
    assert pdf.cells_of(printed(language=language)) == rows


def test_it_is_tagged_titled_and_in_a_language() -> None:
    paper = printed()
    assert (pdf.facts_of(paper)["Tagged"], pdf.facts_of(paper)["Title"]) == ("yes", "Leihschein bok-1")
    assert b"/StructTreeRoot" in paper
    assert b"/Lang(de)" in paper
    assert b"/Lang(en)" in printed(language="en")
    assert b"<pdfuaid:part>1" in paper
    tags = pdf.tags_of(paper)
    assert [tag for tag in tags if tag.startswith("H")] == ["H1", "H2", "H2", "H2", "H2"]
    assert (tags.count("Table"), tags.count("TH"), tags.count("TD"), tags.count("LI")) == (1, 7, 6, 5)


def test_rules_signatures_and_stamps_stand_below() -> None:
    words = pdf.words_of(printed())
    assert "Bitte geben Sie nichts davon an Dritte weiter." in words
    assert "Der Rückgabetag ist der Tag, an dem alles wieder bei uns ankommt." in words
    for twice in ("Unterschrift Verleih", "Unterschrift Entleiher/in", "Stempel der Einrichtung", "Datum, Uhrzeit"):
        assert words.count(twice) == 2
    assert "Anfrage" not in words
    assert "Noch nicht zugesagt: Dies ist eine Anfrage." in pdf.words_of(printed(replace(SLIP, is_request=True)))


def test_thirty_devices_take_several_pages_and_each_has_the_headings() -> None:
    slip = replace(SLIP, groups=(SlipGroup("Robotik", True, named(*(f"Robi {n}" for n in range(30))).groups[0].items),))
    paper = printed(slip)
    pages = [page for page in pdf.pages_of(paper) if "ML-" in page]
    assert len(pages) == 2
    assert int(pdf.facts_of(paper)["Pages"]) == 2
    for page in pages:
        assert "Koffer Robotik · Menge: 30" in page
        assert "Ersatzwert" in page
    assert [row[2] for row in pdf.cells_of(paper)[2:]] == [f"ML-{n:04}" for n in range(1, 31)]
    assert "Zusammen: 30 Geräte, Ersatzwert 13.785,00 €" in pdf.words_of(paper)
    assert pdf.tags_of(paper).count("THead") == 1, "repeated only for the eye"


@pytest.mark.parametrize(
    "name",
    ['#strong[x] $x^2$ *b* _i_ @cite <lab> // \\u{41} "', "#panic()", "</script><b>", "= Titel", "- [x] `raw` ~ -- ."],
)
def test_markup_stays_text(name: str) -> None:
    paper = printed(replace(named(name), person=name, lab=name, purpose=name))
    assert pdf.cells_of(paper)[2][1] == name
    assert pdf.words_of(paper).count(name) == 4
    assert pdf.tags_of(paper) == pdf.tags_of(printed())


def test_what_no_font_can_draw_spoils_nothing_else() -> None:
    paper = printed(replace(named("\U0010fffd🤖 Łódź\u202egnp.exe\x00", "Кофр"), person="\u2067Ana\nBo\u2069"))
    words = pdf.words_of(paper)
    assert [row[1] for row in pdf.cells_of(paper)[2:]] == ["? Łódźgnp.exe", "Кофр"]
    assert "Ana" in words
    assert "\u202e" not in words


def test_very_long_names_stay_in_their_column() -> None:
    wide, long = "W" * 120, "lang " * 300
    paper = printed(replace(named(wide, long), institution=wide, purpose=long, person="M" * 90))
    words = pdf.words_of(paper)
    assert words.count(wide) == 2
    assert "ML-0001" in words
    cut = pdf.cells_of(paper)[3][1]
    assert cut.endswith("…")
    assert len(cut) <= MOST
    boxes = pdf.boxes_of(paper)
    assert max(box.right for box in boxes if "WWW" in box.word and box.left > 60 and box.top > 250) < min(
        box.left for box in boxes if box.word == "ML-0001"
    )
    assert max(box.right for box in boxes) < 595 - 45


def test_notes_missing_units_and_unknown_values_are_said() -> None:
    items = tuple(replace(PAD, name=note.value, notes=(note,), value_cents=None) for note in SlipNote)
    words = pdf.words_of(printed(replace(SLIP, groups=(SlipGroup("iPad 9", False, items, missing=2),)), "en"))
    for said in ("could not be checked", "released by staff nevertheless", "a check of its reset failed", "returned."):
        assert said in words
    assert "Still without a free device: 2" in words
    assert "Total: 4 devices What applies" in words, "no sum when a value is unknown"


def test_who_is_not_known_is_written_in_by_hand() -> None:
    words = pdf.words_of(printed(replace(SLIP, institution="", school_number="", municipality="", person="")))
    assert "Einrichtung ……" in words
    assert "Verantwortlich ……" in words
    assert "Schulnummer" not in words


def test_days_and_money_are_written_as_people_write_them() -> None:
    summer, winter = datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert local_moment(summer, BERLIN, "de") == "Sonntag, 25. Oktober 2026, 00:30 Uhr"
    assert local_moment(winter, BERLIN, "en") == "Sunday, 25 October 2026, 02:00"
    assert (money(123_456_789, "de"), money(123_456_789, "en")) == ("1.234.567,89\u00a0€", "€1,234,567.89")
    assert money(5, "de") == "0,05\u00a0€"


def test_a_packing_slip_says_where_things_lie_and_names_no_person() -> None:
    slip = replace(SLIP, groups=(SlipGroup("iPad 9", False, (replace(PAD, place="Raum 2, Schrank 4"),)),))
    paper = printed(slip, paper=SlipPaper.PACKING)
    assert pdf.cells_of(paper) == [
        ["Drin", "Gerät", "Etikett", "Zubehör", "Liegt in"],
        ["iPad 9 · Menge: 1"],
        ["", "Tablet 1", "ML-0001", "Ladekabel 2 × Stifte", "Raum 2, Schrank 4"],
    ]
    words = pdf.words_of(paper)
    assert "Packzettel" in words
    assert "Grundschule Am Markt" in words
    for private in ("Mustermann", "Projektwoche", "459,50", "an Dritte"):
        assert private not in words


def test_a_return_slip_says_what_is_back_since_when_and_what_is_missing() -> None:
    back = replace(PAD, back_at=datetime(2027, 4, 1, 22, 5, tzinfo=UTC), notes=(SlipNote.BACK,))
    gone = replace(PAD, name="Tablet 2", tag="ML-0002", is_out=True)
    slip = replace(SLIP, groups=(SlipGroup("iPad 9", False, (back, gone)),))
    paper = printed(slip, "en", SlipPaper.RETURN)
    assert [(row[2], row[4]) for row in pdf.cells_of(paper)[2:]] == [
        ("ML-0001", "02/04/2027 00:05"),
        ("ML-0002", "still missing"),
    ]
    words = pdf.words_of(paper)
    assert "Return slip" in words
    assert "Not back yet: 1 device" in words
    assert words.count("Signature of the borrower") == 1
    done = printed(replace(SLIP, groups=(SlipGroup("iPad 9", False, (back,)),)), paper=SlipPaper.RETURN)
    assert "Alles ist zurück." in pdf.words_of(done)
    assert "02.04.2027 00:05" in pdf.words_of(done)
    assert "Alles ist zurück." not in pdf.words_of(printed(paper=SlipPaper.RETURN)), "it was never handed out"
