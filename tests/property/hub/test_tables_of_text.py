"""Whatever somebody uploads as a table is read or refused; whatever we write is never computed and comes back."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from medialab_hub.domain.institution_sheet import HEADER, columns_of, completed, given_in, row_of, too_many
from medialab_hub.domain.institutions import Facts, InstitutionKind, flaws_of
from medialab_hub.domain.tables_of_text import FORMULA, Unreadable, read, write
from medialab_hub.domain.typed_words import folded, has_hidden, tidy

WORDS = st.text("=+-@\t\r\n'\";, aÄ\u200b\x00", max_size=12)
SEEN = st.characters(exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs", "Zs"))
NAMES = st.text(SEEN | st.sampled_from(" '=+-@;\""), max_size=40).map(lambda text: tidy(f"{text}x"))


@given(st.binary(max_size=300))
@example(b'Name\r\n"')
@example(b"sep=;")
@example(b"sep=;\nName\n\n")
@example(b"Name;\xc4rt\n")
def test_no_bytes_lead_to_anything_but_rows_or_a_refusal_in_words(data: bytes) -> None:
    try:
        sheet = read(data)
        columns = columns_of(sheet.header)
    except Unreadable as refusal:
        assert refusal.text.de and refusal.text.en
        return
    for _, cells in sheet.rows:
        too_many(cells, len(sheet.header))
        flaws_of(completed(given_in(cells, columns)))


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2).filter(lambda row: any(map(str.strip, row))), max_size=6))
def test_no_written_cell_is_a_formula_and_all_come_back(rows: list[list[str]]) -> None:
    data = write(("Name", "Art"), rows)
    written = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert not [cell for row in written for cell in row if cell.startswith(FORMULA)]
    assert [len(row) for row in written] == [2] * (len(rows) + 1)
    if b"\0" not in data:
        assert [list(cells) for _, cells in read(data).rows] == rows


@given(NAMES, NAMES, st.sampled_from(InstitutionKind))
def test_an_institution_that_goes_out_comes_back_the_same(name: str, street: str, kind: InstitutionKind) -> None:
    facts = Facts(name, kind.value, street=street)
    assert not has_hidden(name)
    sheet = read(write(HEADER, [row_of(facts)]))
    ((_, cells),) = sheet.rows
    assert completed(given_in(cells, columns_of(sheet.header))) == facts


@given(st.text(max_size=30))
def test_folding_is_done_once_and_case_does_not_matter(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert tidy(tidy(text)) == tidy(text)
