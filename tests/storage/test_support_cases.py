"""What people tell of a device is kept with its history until somebody settles it; a guest's words can be erased."""

from datetime import timedelta

import pytest

from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.domain.support_cases import SupportTopic
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import (
    codes,
    erasure,
    guest_cards,
    issues,
    kits,
    retention,
    support_case_rows,
    support_cases,
)
from tests.fixtures.hub_core import HubCore

DEFECT, LONGER = SupportTopic.DEFECT, SupportTopic.EXTENSION


def told(core: HubCore, device: str) -> list[dict[str, object]]:
    return core.read(support_case_rows.find, device, is_open=None)


def test_a_case_keeps_its_history_and_is_said_until_it_is_settled(core: HubCore) -> None:
    device = core.prepare("t1")
    case = core.do(support_cases.begin, device, DEFECT, " Lädt nicht mehr ", "")
    core.do(support_cases.answer, case, "Kabel getauscht", "usr-1")
    assert [(one.check, one.device) for one in core.read(issues.of_the_rest)] == [("support-open", device)]
    core.do(support_cases.close, case, "", "usr-1")
    (row,) = told(core, device)
    assert [one["words"] for one in row["history"]] == ["Lädt nicht mehr", "Kabel getauscht"]  # type: ignore[attr-defined]
    assert row["closed"] is not None and row["of_guest"] and core.read(issues.of_the_rest) == []
    for late in (support_cases.answer, support_cases.close):
        with pytest.raises(Conflict, match="already-closed"):
            core.do(late, case, "noch etwas", "usr-1")
    assert core.do(erasure.blank_texts, device) == 2
    assert [one["words"] for one in told(core, device)[0]["history"]] == ["", ""]  # type: ignore[attr-defined]


def test_a_guest_tells_only_of_what_the_label_is_on_and_not_without_end(core: HubCore) -> None:
    one, other, stranger = (core.prepare(f"t{number}") for number in (1, 2, 3))
    kit = core.do(kits.add, "Koffer 1", [one, other], "staff")
    (code,) = core.do(codes.make, 1, "staff")
    with pytest.raises(NotFound):
        core.do(guest_cards.tell, code, one, DEFECT, "hallo")
    core.do(codes.claim, code, (CodeNoun.KIT, kit), "staff")
    core.do(guest_cards.tell, code, other, LONGER, "")
    with pytest.raises(NotFound):
        core.do(guest_cards.tell, code, stranger, DEFECT, "hallo")
    with pytest.raises(HubError, match="words-missing"):
        core.do(guest_cards.tell, code, one, DEFECT, "  ")
    for number in range(support_cases.MOST_OF_GUESTS):
        core.do(guest_cards.tell, code, one, DEFECT, f"geht nicht {number}")
    with pytest.raises(Conflict, match="known-already"):
        core.do(guest_cards.tell, code, one, DEFECT, "geht nicht")
    core.do(support_cases.begin, one, DEFECT, "das Team darf weiter schreiben", "usr-1")
    assert len(told(core, other)) == 1


def test_what_was_settled_long_ago_says_nothing_any_more(core: HubCore) -> None:
    device = core.prepare("t1")
    old, new, still = (core.do(support_cases.begin, device, DEFECT, "Frau Kaya, 0171", "") for _ in range(3))
    core.do(support_cases.close, old, "", "usr-1")
    core.clock.pass_time(100 * 86_400)
    core.do(support_cases.close, new, "", "usr-1")
    core.clock.pass_time(100 * 86_400)
    core.do(lambda uow: retention.drop_scans(uow, timedelta(days=184)))
    words = {row["id"]: row["history"][0]["words"] for row in told(core, device)}  # type: ignore[index]
    assert words == {old: "", new: "Frau Kaya, 0171", still: "Frau Kaya, 0171"}
    for hidden in ("a\x00b", "x" * 1001):
        with pytest.raises(HubError, match="words-too-long"):
            core.do(support_cases.answer, still, hidden, "usr-1")
