"""What a device cost and who paid: entered, asked before it is retired, and used as the hours of its loans say."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.acquisitions import Acquired
from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.inspections import InspectionResult
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import acquisitions, bookings, inspection_rows, inspections, inventory, lending, models
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.inspections import Batch, Entry
from tests.fixtures.hub_core import HubCore

BERLIN = ZoneInfo("Europe/Berlin")
PAKT = Acquired(price_cents=39_900, bought_on=date(2024, 5, 2), supplier=" Laden  Süd ", programme="DigitalPakt")


def of(core: HubCore, device: str) -> dict[str, object]:
    return core.do(lambda uow: acquisitions.of_device(uow.session, device))


def use(core: HubCore, first: datetime, days: float) -> dict[str, dict[str, object]]:
    rows = core.do(lambda uow: acquisitions.use(uow.session, first, first + timedelta(days=days), BERLIN))
    return {row["programme"]: row for row in rows}


def test_what_is_entered_is_told_and_what_cannot_be_is_refused(core: HubCore) -> None:
    device = core.prepare("t1")
    assert of(core, device)["version"] == 0 and of(core, device)["price_cents"] is None
    core.do(acquisitions.note, device, PAKT, "usr-1", 0)
    assert (of(core, device)["supplier"], of(core, device)["version"]) == ("Laden Süd", 1)
    with pytest.raises(Conflict):
        core.do(acquisitions.note, device, PAKT, "usr-1", 0)
    with pytest.raises(NotFound):
        core.do(acquisitions.note, "dev-none", PAKT, "usr-1")
    for wrong in (
        {"price_cents": -1},
        {"programme": "x" * 121},
        {"supplier": "a\x07b"},
        {"bound_until": date(2020, 1, 1)},
    ):
        with pytest.raises(HubError):
            core.do(acquisitions.note, device, replace(PAKT, **wrong), "usr-1")  # type: ignore[arg-type]
    assert of(core, device)["version"] == 1


def test_who_is_bound_is_not_retired_up_to_the_last_local_day(core: HubCore) -> None:
    device = core.prepare("t1")
    today = core.clock.now().astimezone(BERLIN).date()
    core.do(acquisitions.require_unbound, device, BERLIN)
    core.do(acquisitions.note, device, replace(PAKT, bought_on=None, bound_until=today), "usr-1")
    with pytest.raises(Conflict, match="still-bound") as refused:
        core.do(acquisitions.require_unbound, device, BERLIN)
    assert f"{today:%d.%m.%Y}" in refused.value.title.de
    core.do(acquisitions.note, device, replace(PAKT, bought_on=None, bound_until=today - timedelta(days=1)), "usr-1")
    core.do(acquisitions.require_unbound, device, BERLIN)


def test_a_programme_is_told_by_the_hours_its_devices_were_out_in_that_time(core: HubCore) -> None:
    paid, second, other = (core.prepare(f"t{number}") for number in (1, 2, 3))
    model = core.do(models.add, "Tablet", None, models.Care(), "staff")
    core.do(models.put_in, model, [paid, second, other], "staff")
    for device in (paid, second):
        core.do(acquisitions.note, device, PAKT, "usr-1")
    start = core.clock.now()
    loan = core.do(lending.lend, Wish([LineWish(device=paid)], Interval(start, start + timedelta(days=4))), "staff")
    core.do(bookings.book, Wish([LineWish(device=other)], Interval(start, start + timedelta(days=1))), "staff")
    told = use(core, start + timedelta(days=1), 2)
    assert (told["DigitalPakt"]["loans"], round(float(str(told["DigitalPakt"]["hours"])), 3)) == (1, 48.0)
    assert (told["DigitalPakt"]["devices"], told["DigitalPakt"]["price_cents"]) == (2, 79_800)
    assert (told[""]["devices"], told[""]["loans"], list(told)[-1]) == (1, 0, "")
    core.clock.pass_time(6 * 3600)
    core.do(lending.check_in, paid, "staff")
    assert round(float(str(use(core, start, 9)["DigitalPakt"]["hours"])), 3) == 6.0, "it came back early"
    assert loan


def test_one_that_turns_out_to_be_two_rows_keeps_its_papers(core: HubCore) -> None:
    one, other = core.prepare("t1"), core.prepare("t2")
    core.do(acquisitions.note, other, PAKT, "usr-1")
    batch = Batch([Entry(other)], InspectionResult.PASSED)
    core.do(inspections.enter, batch, "usr-1")
    core.do(inventory.merge, one, other, "usr-1")
    assert of(core, one)["programme"] == "DigitalPakt"
    assert len(core.do(lambda uow: inspection_rows.of_device(uow.session, one))) == 1
