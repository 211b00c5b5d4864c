"""Damage and loss take a device out of the plan until somebody closes the case; on both databases."""

import hashlib
from typing import Any

import pytest

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.damages import DamageKind, DamageOutcome
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import allocations, bookings, damage_reports, damage_rows, damages, lending, people
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.damages import Report, Sent
from medialab_hub.services.people import Contact
from medialab_hub.services.photos import developed
from medialab_hub.storage import allocations as rows
from medialab_hub.storage.tables import Allocation
from tests.fixtures import pictures
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, state, units


def report(core: HubCore, device: str, kind: DamageKind = DamageKind.DAMAGED, **more: Any) -> str:
    return core.do(damages.report, Report(device, kind, "Display gesprungen", **more), "staff")


def view(core: HubCore, case: str) -> dict[str, Any]:
    return core.read(damage_rows.one, case)


def loan(core: HubCore, device: str, **more: Any) -> str:
    return core.do(lending.lend, Wish([LineWish(device=device)], days(core, 0, 2), **more), "staff")


def is_free(core: HubCore, device: str) -> bool:
    def look(uow: Any) -> bool:
        return not rows.in_the_way(uow.session, device, uow.now, None)

    return core.do(look)


def waits(core: HubCore, device: str) -> bool:
    return core.do(lambda uow: rows.awaiting_proof(uow.session, device) is not None)


def test_what_is_damaged_is_out_of_the_plan_and_promises_move(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    follows = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 2)), "staff")
    (unit,) = units(core, follows)
    case = report(core, unit.device_id)
    (moved,) = units(core, follows)
    assert (moved.status, moved.device_id != unit.device_id) == (AllocationStatus.CONFIRMED, True)
    with pytest.raises(Conflict, match="not-free"):
        loan(core, unit.device_id)
    with pytest.raises(Conflict, match="damage-open"):
        block = core.do(lambda uow: rows.in_the_way(uow.session, unit.device_id, uow.now, None))[0].id
        core.do(allocations.end_allocation, unit.device_id, block, "staff")
    core.do(lambda uow: allocations.end_quarantine(uow, unit.device_id, ""))
    assert not is_free(core, unit.device_id), "a clean reset mends no display"
    seen = view(core, case)
    assert (seen["is_open"], seen["blocks"], seen["words"]) == (True, True, "Display gesprungen")
    core.do(damages.close, case, DamageOutcome.REPAIRED, "staff")
    assert waits(core, unit.device_id), "it is proven before anybody gets it"
    with pytest.raises(Conflict, match="damage-closed"):
        core.do(damages.close, case, DamageOutcome.REPAIRED, "staff")
    core.do(allocations.end_waiting, unit.device_id)
    loan(core, unit.device_id)
    assert core.read(damage_rows.some, tablets[0], True, 10) == []


def test_what_is_damaged_while_it_is_out_stays_out_of_use_when_it_is_back(core: HubCore) -> None:
    _, (tablet,) = lab(core, 1)
    booking = loan(core, tablet)
    case = report(core, tablet)
    assert view(core, case)["booking"] == booking
    assert state(core, booking) == "out"
    core.do(lending.check_in, tablet, "staff")
    assert (state(core, booking), waits(core, tablet), is_free(core, tablet)) == ("closed", False, False)
    assert core.do(lambda uow: rows.in_the_way(uow.session, tablet, uow.now, None))[0].parent_id is None
    core.do(damages.close, case, DamageOutcome.NOTHING, "staff")
    assert waits(core, tablet)


def test_damage_seen_at_the_return_belongs_to_that_loan_and_a_missing_part_blocks_nothing(core: HubCore) -> None:
    _, (tablet,) = lab(core, 1)
    booking = loan(core, tablet)
    core.do(lending.check_in, tablet, "staff")
    part = report(core, tablet, DamageKind.PART)
    assert (view(core, part)["booking"], waits(core, tablet)) == (booking, True)
    case = report(core, tablet, is_of_loan=False)
    assert (view(core, case)["booking"], waits(core, tablet), is_free(core, tablet)) == (None, False, False)
    core.do(damages.close, part, DamageOutcome.FOUND, "staff")
    assert not is_free(core, tablet)


def test_what_is_lost_ends_its_loan_and_comes_back_only_when_it_is_found(core: HubCore) -> None:
    model, tablets = lab(core, 2)
    booking = core.do(lending.lend, Wish([LineWish(device=one) for one in tablets], days(core, 0, 2)), "staff")
    case = report(core, tablets[0], DamageKind.LOST)
    assert state(core, booking) == "partly_back"
    core.do(lending.check_in, tablets[1], "staff")
    assert state(core, booking) == "closed", "nobody waits for ever for what is lost"
    core.do(allocations.end_waiting, tablets[1])
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 5, 6)), "staff")
    gone = report(core, tablets[1], DamageKind.LOST)
    core.do(damages.close, gone, DamageOutcome.WRITTEN_OFF, "staff")
    assert not is_free(core, tablets[1])
    core.do(damages.close, case, DamageOutcome.FOUND, "staff")
    assert waits(core, tablets[0])
    core.do(allocations.end_waiting, tablets[0])
    core.do(bookings.book, Wish([LineWish(model)], days(core, 5, 6)), "staff")


def test_a_person_is_kept_while_a_damage_of_theirs_is_open(core: HubCore) -> None:
    _, (tablet,) = lab(core, 1)
    person = core.do(people.add, Contact("Muster"), None, (), "staff")
    booking = loan(core, tablet, person=person)
    core.do(lending.check_in, tablet, "staff")
    case = report(core, tablet)
    erased = core.do(people.erase, person, "staff")
    assert (erased.is_done, list(erased.open_bookings)) == (False, [booking])
    assert core.do(people.erase_due) == 0
    core.do(damages.keep_photo, Sent("pho-9", case, developed(pictures.photo())), 1_000_000, "staff")
    core.do(damages.close, case, DamageOutcome.REPAIRED, "staff")
    assert core.do(people.erase_due) == 1
    assert view(core, case)["photos"] == []
    assert view(core, case)["words"] == "", "what was written about the person's loan goes with the person"


def test_a_photo_loses_what_the_camera_put_beside_it_and_is_on_the_report(core: HubCore) -> None:
    _, (tablet,) = lab(core, 1, replacement_cents=45_950)
    case = report(core, tablet, is_of_loan=False)
    sent = Sent("pho-1", case, developed(pictures.photo()))
    for _ in range(2):
        core.do(damages.keep_photo, sent, 1_000_000, "staff")
    (photo,) = view(core, case)["photos"]
    data = core.read(damages.photo, case, "pho-1")
    assert pictures.NAME.encode() not in data
    assert photo["sha256"] == hashlib.sha256(data).hexdigest()
    with pytest.raises(HubError, match=r"full"):
        core.do(damages.keep_photo, Sent("pho-2", case, developed(pictures.photo(100, 90))), 10, "staff")
    found = core.read(damage_reports.report_of, case, "Medienzentrum", core.clock.now())
    assert (found.value_cents, found.photos[0].data, found.booking) == (45_950, data, "")
    core.do(damages.remove_photo, case, "pho-1", "staff")
    assert core.read(damage_reports.report_of, case, "Medienzentrum", core.clock.now()).photos == ()
    core.do(damages.change, case, view(core, case)["version"], "Nur ein Kratzer", "staff")
    with pytest.raises(Conflict, match="version-conflict"):
        core.do(damages.change, case, 0, "?", "staff")


def test_no_two_of_a_device_overlap_whatever_is_reported(core: HubCore) -> None:
    _, (tablet,) = lab(core, 1)
    core.do(allocations.start_maintenance, tablet, "Akku", "staff")
    first, second = report(core, tablet), report(core, tablet, DamageKind.LOST)
    (maintenance,) = core.do(lambda uow: rows.in_the_way(uow.session, tablet, uow.now, None))
    core.do(allocations.end_allocation, tablet, maintenance.id, "staff")
    assert not is_free(core, tablet)
    core.do(damages.close, first, DamageOutcome.REPAIRED, "staff")
    assert not is_free(core, tablet) and not waits(core, tablet)
    core.do(damages.close, second, DamageOutcome.FOUND, "staff")
    assert waits(core, tablet)
    assert core.do(lambda uow: uow.session.get(Allocation, maintenance.id)).status == AllocationStatus.DONE
