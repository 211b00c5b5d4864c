"""A loan lasts longer only where no promise to others is hurt; and what is erased when; on both databases."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import allocations, bookings, extensions, grace, lending, opening, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.opening import OpeningWish
from medialab_hub.storage import allocations as rows
from medialab_hub.storage.tables import Device
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, state, units

ZONE = ZoneInfo("Europe/Berlin")


def extend(core: HubCore, booking: str, days_from_now: float) -> None:
    ends = core.clock.now() + timedelta(days=days_from_now)
    core.do(extensions.extend, booking, ends, ZONE, "staff")


def loan(core: HubCore, device: str, end: float) -> str:
    return core.do(lending.lend, Wish([LineWish(device=device)], days(core, 0, end)), "staff")


def test_a_loan_is_extended_and_who_was_promised_the_device_gets_another(core: HubCore) -> None:
    model, tablets = lab(core, 2, turnaround_min=60)
    booking = loan(core, tablets[0], 1)
    follows = core.do(bookings.book, Wish([LineWish(model)], days(core, 2, 3)), "staff")
    extend(core, booking, 2.5)
    (unit,) = units(core, booking)
    assert (unit.status, unit.device_id) == (AllocationStatus.OUT, tablets[0])
    assert unit.blocked_to is not None and unit.ends_at is not None
    assert unit.blocked_to - unit.ends_at == timedelta(minutes=60)
    (moved,) = units(core, follows)
    assert (moved.device_id, moved.status) == (tablets[1], AllocationStatus.CONFIRMED)


def test_nobody_is_hurt_and_it_is_said_until_when_it_could_last(core: HubCore) -> None:
    model, tablets = lab(core, 1)
    booking = loan(core, tablets[0], 1)
    core.do(bookings.book, Wish([LineWish(model)], days(core, 4.5, 6)), "staff")
    before = units(core, booking)[0].ends_at
    assert before is not None
    with pytest.raises(Conflict, match="extension-not-possible") as refused:
        extend(core, booking, 5)
    assert refused.value.detail == (before + timedelta(days=3)).isoformat()
    assert refused.value.remedy is not None and "27.11.2026" in refused.value.remedy.de
    assert units(core, booking)[0].ends_at == before, "nothing of what was tried stays"
    extend(core, booking, 4.4)
    with pytest.raises(Conflict, match="extension-not-possible") as refused:
        extend(core, booking, 4.6)
    assert refused.value.detail == booking, "no day of it is possible"
    for wrong in (1, 5000):
        with pytest.raises(HubError, match=r"not-later|too-long"):
            extend(core, booking, wrong)


def test_a_whole_case_is_extended_or_nothing_and_a_test_that_falls_due_holds_it(core: HubCore) -> None:
    _, tablets = lab(core, 3)
    wish = Wish([LineWish(device=one) for one in tablets], days(core, 0, 1))
    booking = core.do(lending.lend, wish, "staff")
    core.do(bookings.book, Wish([LineWish(device=tablets[2])], days(core, 3, 4)), "staff")
    with pytest.raises(Conflict):
        extend(core, booking, 3.5)
    assert len({unit.ends_at for unit in units(core, booking)}) == 1
    core.do(lending.check_in, tablets[2], "staff")
    extend(core, booking, 3.5)
    assert state(core, booking) == "partly_back"
    core.do(lending.check_in, tablets[0], "staff")
    core.do(lending.check_in, tablets[1], "staff")
    with pytest.raises(Conflict, match="nothing-out"):
        extend(core, booking, 5)


def _opens(core: HubCore) -> None:
    """Monday to Friday from 8 to 16 o'clock; the clock of these tests stands at 9 on a Monday."""
    hours: list[Any] = [[(8 * 60, 16 * 60)]] * 5 + [[], []]
    core.do(opening.change, OpeningWish(0, hours, ()), "staff")


def test_it_comes_back_while_somebody_is_there(core: HubCore) -> None:
    model, tablets = lab(core, 1)
    booking = loan(core, tablets[0], 0.1)
    _opens(core)
    with pytest.raises(Conflict, match="closed-then"):
        extend(core, booking, 5)
    core.do(bookings.book, Wish([LineWish(model)], days(core, 8.2, 9)), "staff")
    with pytest.raises(Conflict, match="extension-not-possible") as refused:
        extend(core, booking, 9.1)
    assert refused.value.remedy is not None and "30.11.2026, 16:00" in refused.value.remedy.de, "a Monday again"


def erasing(core: HubCore, device: str) -> timedelta:
    waiting = core.do(lambda uow: rows.awaiting_proof(uow.session, device))
    assert waiting is not None and waiting.erase_from is not None
    return waiting.erase_from - waiting.starts_at


def test_recordings_stay_until_the_centre_opens_again_unless_somebody_says_so(core: HubCore) -> None:
    _, (camera, tablet) = lab(core, 2, grace_min=5)

    def choose(uow: Any) -> None:
        uow.session.get(Device, camera).chosen_class = "camcorder"

    core.do(choose)
    for device in (camera, tablet):
        loan(core, device, 1)
        core.do(lending.check_in, device, "staff")
    assert erasing(core, tablet) == timedelta(minutes=5)
    assert erasing(core, camera) == timedelta(days=1), "nobody knows the opening hours"
    core.do(allocations.end_waiting, camera)
    _opens(core)
    loan(core, camera, 1)
    core.do(lending.check_in, camera, "staff")
    until = timedelta(hours=23) - timedelta(seconds=1)
    assert until - timedelta(hours=1) < erasing(core, camera) < until + timedelta(hours=1), "tomorrow at 8 o'clock"
    assert core.do(returns.start_resets) == 0
    core.do(grace.erase_now, camera, "staff")
    assert core.do(returns.start_resets) == 1
    with pytest.raises(Conflict, match="not-waiting"):
        core.do(grace.erase_now, core.prepare("other"), "staff")
