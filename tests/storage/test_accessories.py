"""What belongs to models and cases is ticked off, and what does not come back is named; on both databases."""

from datetime import timedelta

import pytest

from medialab_hub.adapters.loan_slip import LoanSlipPrinter
from medialab_hub.domain.accessories import Look, Piece
from medialab_hub.domain.inspections import InspectionResult
from medialab_hub.domain.loan_slips import SlipPaper
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import accessories, inspections, kits, lending
from medialab_hub.services.accessories import Looked
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.inspection_rows import LAB
from medialab_hub.services.inspections import Batch, Entry
from medialab_hub.services.loan_slips import slip_of
from medialab_hub.storage.tables import Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text
from tests.fixtures import pdf_reader
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab

CABLE, PEN = Piece(Text(de="Ladekabel", en="Charging cable")), Piece(Text(de="Stift", en="Pen"), 2)
KEY = Piece(Text(de="Schlüssel", en=""))


def counts(core: HubCore, booking: str) -> list[tuple[str, str, int, int]]:
    found = core.read(accessories.tick_list, booking)
    return [
        (one["name"], item["name"]["de"], item["missing_out"], item["missing_back"])
        for one in found
        for item in one["items"]
    ]


def printed(core: HubCore, booking: str, paper: SlipPaper, language: str = "de") -> str:
    pdf = LoanSlipPrinter().make(core.read(slip_of, booking, "MZ"), paper, language, LAB)
    assert pdf_reader.facts_of(pdf)["Tagged"] == "yes"
    return pdf_reader.words_of(pdf)


def test_a_list_of_its_own_goes_before_the_one_of_the_catalogue(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    assert core.read(accessories.of_model, model) == {"items": [], "is_preset": True}

    def choose(uow: UnitOfWork) -> None:
        device = uow.session.get(Device, tablets[0])
        assert device is not None
        device.chosen_class = "camcorder"

    core.do(choose)
    booking = core.do(lending.lend, Wish([LineWish(device=tablets[0])], days(core, 0, 1)), "staff")
    assert [name for _, name, _, _ in counts(core, booking)][:1] == ["Akku"], "as the catalogue says"
    core.do(accessories.put_of_model, model, [CABLE, PEN], "staff")
    assert [name for _, name, _, _ in counts(core, booking)] == ["Ladekabel", "Stift"]
    core.do(accessories.put_of_model, model, [], "staff")
    assert core.read(accessories.of_model, model)["is_preset"]
    for wrong in ([CABLE, CABLE], [Piece(Text(de=" ", en=""))], [Piece(Text(de="x" * 81, en=""))]):
        with pytest.raises(HubError, match=r"twice|wrong-name"):
            core.do(accessories.put_of_model, model, wrong, "staff")


def test_what_did_not_come_back_is_named_on_the_slip_and_what_was_not_there_before_is_not(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    core.do(accessories.put_of_model, model, [CABLE, PEN], "staff")
    kit = core.do(kits.add, "Koffer 1", tablets, "staff")
    core.do(accessories.put_of_kit, kit, [KEY], "staff")
    core.clock.pass_time(timedelta(days=1).total_seconds())
    core.do(inspections.enter, Batch([Entry(tablets[0])], InspectionResult.PASSED), "staff")
    booking = core.do(lending.lend, Wish([LineWish(kit=kit)], days(core, 0, 1)), "staff")
    slip = printed(core, booking, SlipPaper.LOAN)
    assert "Zum Koffer gehört: Schlüssel" in slip and slip.count("2 × Stift") == 2
    assert slip.count("Sicherheitsprüfung: 24.11.2026") == 1
    core.do(accessories.check, booking, Look.OUT, [Looked(tablets[0], missing={"Stift": 1})], "staff")
    for tablet in tablets:
        core.do(lending.check_in, tablet, "staff")
    missing = {"Stift": 2, "Ladekabel": 7, "Erfundenes": 1}
    looked = [Looked(tablets[0], missing=missing), Looked(tablets[1]), Looked(kit=kit, missing={"Schlüssel": 1})]
    for _ in range(2):
        core.do(accessories.check, booking, Look.BACK, looked, "staff")
    assert counts(core, booking) == [
        ("Koffer 1", "Schlüssel", 0, 1),
        ("Tab t1", "Ladekabel", 0, 1),
        ("Tab t1", "Stift", 1, 2),
        ("Tab t2", "Ladekabel", 0, 0),
        ("Tab t2", "Stift", 0, 0),
    ]
    receipt = printed(core, booking, SlipPaper.RETURN)
    assert receipt.count("Nicht zurückgekommen: Ladekabel, Stift") == 1
    assert receipt.count("Nicht zurückgekommen: Schlüssel") == 1
    assert "Did not come back: Charging cable, Pen" in printed(core, booking, SlipPaper.RETURN, "en")
    assert "Nicht" not in printed(core, booking, SlipPaper.PACKING)
    core.do(accessories.check, booking, Look.BACK, [Looked(tablets[0])], "staff")
    assert "Ladekabel," not in printed(core, booking, SlipPaper.RETURN), "it turned up: the last look counts"
    with pytest.raises(Conflict, match="not-in-booking"):
        core.do(accessories.check, booking, Look.BACK, [Looked(core.prepare("other"))], "staff")


def test_the_list_of_a_case_goes_with_the_case(core: HubCore) -> None:
    kit = core.do(kits.add, "Koffer 2", [], "staff")
    core.do(accessories.put_of_kit, kit, [KEY], "staff")
    core.do(kits.remove, kit, "staff")
    with pytest.raises(HubError, match="no-such-kit"):
        core.read(accessories.of_kit, kit)
