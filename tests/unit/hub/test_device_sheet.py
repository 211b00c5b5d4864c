"""Cells that people typed: which day and which amount they mean, or that nobody can know."""

import pytest

from medialab_hub.domain.device_sheet import day, layout_of, price, said_in
from medialab_hub.domain.tables_of_text import Unreadable, read


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2023-01-23", "2023-01-23"), ("23.01.2023", "2023-01-23"), ("Mon Jan 23, 2023", "2023-01-23"),
     ("2023-01-23 10:11:12", "2023-01-23"), ("01/02/2023", None), ("31.02.2023", None), ("23.01.23", None),
     ("0001-01-01", None), ("=1+1", None), ("gestern", None)],
)  # fmt: skip
def test_a_day_is_clear_or_none(typed: str, expected: str | None) -> None:
    assert day(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2266.13", "2266.13"), ("2.266,13 €", "2266.13"), ("1,234.5", "1234.50"), ("349", "349.00"), ("0,9", "0.90"),
     ("1.234.567", "1234567.00"), ("1.234", None), ("1,234", None), ("-5", None), ("1e9", None), ("999999999", None),
     ("1.23.4", None), ("12 EUR", "12.00"), ("٣", None)],
)  # fmt: skip
def test_an_amount_is_clear_or_none(typed: str, expected: str | None) -> None:
    assert price(typed) == expected


SNIPE = (
    "Company,Name,Asset Tag,Category,Supplier,Manufacturer,Location,Order Number,Model,Model Notes,Model Number,"
    "Asset Notes,Purchase Date,Purchase Cost,Checkout Type,Checked Out To: Username,Checked Out To: First Name,"
    "Checked Out To: Last Name,Checked Out To: Email,Checked Out To: Location"
)
"""The first line of sample_csvs/assets-sample.csv of Snipe-IT."""
LISTED = (
    "ID,Asset Name,Device Image,Asset Tag,Serial,Model,Category,Status,Checked Out To,Location,Manufacturer,Supplier,"
    "Purchase Cost,Notes,Checkin/Checkout,Actions"
)
"""The first line of the list of assets, exported in the browser (issue 10368 of Snipe-IT)."""
GERMAN = "Asset Name,Asset Tag,Seriennummer,Modell,Kategorie,Status,Herausgegeben an,Standort,Kosten,EOL"


@pytest.mark.parametrize(
    ("header", "fields", "people"),
    [
        (SNIPE, {"name", "tag", "supplier", "location", "model", "bought_on", "price"}, 4),
        (LISTED, {"name", "tag", "serial", "model", "location", "supplier", "price"}, 1),
        (GERMAN, {"name", "tag", "serial", "model", "location", "price"}, 1),
    ],
)
def test_the_columns_of_snipe_it_are_known(header: str, fields: set[str], people: int) -> None:
    layout = layout_of(read(header.encode() + b"\nx").header)
    assert layout.is_snipe and set(layout.fields) == fields and len(layout.people_columns) == people
    assert not [name for name in layout.ignored if "Checked Out" in name and name != "Checked Out To: Location"]


def test_markup_in_cells_is_left_out_and_a_formula_is_text() -> None:
    layout = layout_of(["Asset Tag", "Model", "Purchase Cost"])
    said = said_in(["ML-1", '<a href="https://x.example/models/4"> Bizhub &amp; Co</a>', "=1+1"], layout, 3)
    assert said.given == {"tag": "ML-1", "model": "Bizhub & Co"} and [flaw.field for flaw in said.flaws] == ["price"]
    assert [flaw.field for flaw in said_in(["", "x", "", "more"], layout, 3).flaws] == ["", "tag"]
    assert [flaw.field for flaw in said_in(["M" * 41, "x\u202e" * 99, ""], layout, 3).flaws][:1] == ["tag"]


@pytest.mark.parametrize("header", ["Name;Modell", "Asset Tag;Inventarnummer", "", "\x00"])
def test_without_an_inventory_number_or_with_two_nothing_is_read(header: str) -> None:
    with pytest.raises(Unreadable):
        layout_of(read(header.encode()).header)
