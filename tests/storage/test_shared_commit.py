"""Several reports in one commit: what one of them fails to store is neither stored nor shown."""

import threading

import pytest

from medialab_hub.services import agents, inventory, reports
from medialab_hub.storage import devices
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.reports import Presence, Report
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore


def held(core: HubCore) -> threading.Event:
    """Keep the writer busy, so that what is submitted until the event is set shares a commit."""
    is_free, is_held = threading.Event(), threading.Event()

    def hold(_uow: UnitOfWork) -> None:
        is_held.set()
        is_free.wait(10)

    core.writer.submit(hold)
    is_held.wait(10)
    return is_free


def fails_after(report: Report):
    def use_case(uow: UnitOfWork) -> None:
        reports.take_report(uow, "pi", report)
        raise ValueError("no")

    return use_case


def test_a_report_that_fails_takes_nothing_of_the_one_before(core: HubCore) -> None:
    device = core.find()
    first = say.report("t1", 2, facts={"model": "Tab 2"}, volatile={"battery": 70})
    second = say.report("t1", 3, facts={"model": "Tab 3"}, volatile={"battery": 60}, presence=Presence.SILENT)
    is_free = held(core)
    taken = core.writer.submit(lambda uow: reports.take_report(uow, "pi", first))
    failed = core.writer.submit(fails_after(second))
    is_free.set()
    assert taken.result(10) is not None
    with pytest.raises(ValueError, match="no"):
        failed.result(10)
    row = core.row(device)
    assert (row["model"], row["battery"], row["presence"]) == ("Tab 2", 70, "present")
    again = core.do(reports.take_report, "pi", second)
    assert again is not None
    assert again.is_new
    assert core.row(device)["model"] == "Tab 3"


def test_what_begins_in_the_same_commit_is_shown_with_the_report(core: HubCore) -> None:
    device = core.find()
    is_free = held(core)
    report = say.report("t1", 2, facts={"model": "Tab 2"})
    core.writer.submit(lambda uow: reports.take_report(uow, "pi", report))
    adopted = core.writer.submit(lambda uow: inventory.adopt(uow, [inventory.AdoptWish(device)], True, "staff"))
    later = core.writer.submit(lambda uow: reports.take_report(uow, "pi", say.report("t1", 3, facts={"model": "T3"})))
    lost = AgentState(phase=AgentPhase.LOST, birth=1, boot="b1", version="0.1")
    gone = core.writer.submit(lambda uow: agents.take_state(uow, "pi", lost))
    is_free.set()
    (job,) = adopted.result(10)[1]
    assert later.result(10) is not None
    gone.result(10)
    row = core.row(device)
    assert (row["model"], row["job"], row["adopted"], row["presence"]) == ("T3", job, True, "silent")


def test_a_row_that_was_answered_stays_readable_when_a_neighbour_fails(core: HubCore) -> None:
    core.find()
    device = core.find("t2")
    is_free = held(core)
    row = core.writer.submit(lambda uow: devices.get(uow.session, device))
    failed = core.writer.submit(fails_after(say.report("t1", 2, facts={"model": "Tab 2"})))
    is_free.set()
    with pytest.raises(ValueError, match="no"):
        failed.result(10)
    found = row.result(10)
    assert found is not None
    assert found.name == "Tab t2"


def test_a_report_and_the_rows_its_use_case_holds_know_of_each_other(core: HubCore) -> None:
    device = core.find()

    def use_case(uow: UnitOfWork) -> str | None:
        row = devices.get(uow.session, device)
        assert row is not None
        row.adopted_at, row.name = uow.now, "ours"
        reports.take_report(uow, "pi", say.report("t1", 2, name="theirs", facts={"model": "Tab 2"}))
        return row.model

    assert core.do(use_case) == "Tab 2"
    row = core.row(device)
    assert (row["name"], row["adopted"], row["model"]) == ("ours", True, "Tab 2")


def test_a_row_that_outlives_a_failed_report_says_what_is_stored(core: HubCore) -> None:
    device = core.find()
    held_rows = []

    def fails(uow: UnitOfWork) -> None:
        held_rows.append(devices.get(uow.session, device))
        fails_after(say.report("t1", 2, facts={"model": "Tab 2"}))(uow)

    def model(uow: UnitOfWork) -> str:
        row = devices.get(uow.session, device)
        assert row is not None
        return row.model

    is_free = held(core)
    failed, read = core.writer.submit(fails), core.writer.submit(model)
    is_free.set()
    assert read.result(10) == ""
    with pytest.raises(ValueError, match="no"):
        failed.result(10)
