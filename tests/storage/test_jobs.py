"""Jobs through the real tables: grace, cancel, expiry, quarantine, acceptance, batches, the record."""

from datetime import timedelta

import pytest

from medialab_hub.domain.records import record_hash
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import agents, allocations, endings, inventory, jobs, reports, resetting, views
from medialab_hub.services.executions import ForeignExecution, take_execution_report
from medialab_hub.services.records import forged
from medialab_hub.services.resetting import Scope
from medialab_hub.storage import journal
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Allocation, Job, JournalRow
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import CheckResult, ExecutionStatus, Outcome
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

FAILED = (say.passed(result=CheckResult.FAILED),)


def test_stopping_within_the_grace_time_costs_nothing(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 5, "trainer")
    assert core.read(views.job_detail, job)["why"] is not None
    core.do(jobs.cancel, job, "trainer")
    core.do(jobs.release, [job])
    assert not core.work().executions
    assert not core.work().cancel
    assert core.read(views.job_detail, job)["outcome"] is None
    assert core.row(device)["status"] == "used"
    with pytest.raises(Conflict, match="job-is-over"):
        core.do(jobs.cancel, job, "trainer")


def test_stopping_a_running_reset_is_the_agents_business(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.running(job, "t1"))
    core.do(jobs.cancel, job, "trainer")
    assert core.work().cancel == (job,)
    core.do(take_execution_report, "pi", say.ended(job, "t1", status=ExecutionStatus.CANCELED, outcome=None, checks=()))
    assert core.read(views.job_detail, job)["status"] == "canceled"
    assert core.row(device)["status"] == "unverified", "half a reset proves nothing"


def test_what_never_began_expires_and_what_began_times_out(core: HubCore) -> None:
    first, second = core.prepare("t1"), core.prepare("t2")
    waiting = core.do(resetting.reset, first, None, 0, "trainer")
    running = core.do(resetting.reset, second, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.running(running, "t2"))
    core.do(jobs.run_out, [waiting, running])
    assert core.read(views.job_detail, waiting)["status"] == "expired"
    assert core.read(views.job_detail, running)["status"] == "timed_out"
    assert core.row(first)["status"] == "used"
    assert core.row(second)["status"] == "quarantined"
    assert core.work().cancel == (running,), "the agent may still be at it"
    core.do(take_execution_report, "pi", say.ended(running, "t2", 9))
    assert core.read(views.job_detail, running)["status"] == "timed_out", "an end is final"
    assert core.work().cancel == ()


def test_quarantine_ends_by_a_proven_reset_only(core: HubCore) -> None:
    device = core.prepare("t1")
    bad = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(bad, "t1", checks=FAILED))
    assert core.row(device)["status"] == "quarantined"
    with pytest.raises(HubError, match="nothing-to-accept"):
        core.do(jobs.accept, bad, "looks fine", "staff")
    again = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(again, "t1"))
    assert core.row(device)["status"] == "ready"


def test_tidying_up_proves_nothing_and_ends_no_quarantine(core: HubCore) -> None:
    device = core.prepare("t1")
    ladder = say.MANIFEST.model_copy(update={"default_level": "deep"})
    told = say.inventory("t1", version="with-a-ladder").model_copy(update={"drivers": (ladder,)})
    core.do(agents.take_inventory, "pi", told)
    bad = core.do(resetting.reset, device, "deep", 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(bad, "t1", checks=FAILED))
    tidy = core.do(resetting.reset, device, "tidy", 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(tidy, "t1"))
    assert core.read(views.job_detail, tidy)["outcome"] == Outcome.CLEAN, "of what this level promises"
    assert core.read(views.job_detail, tidy)["tidying"]
    assert core.row(device)["status"] == "quarantined"
    assert core.row(device)["proven_at"] is None


def test_another_good_state_ends_the_proof(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1"))
    assert core.row(device)["status"] == "ready"
    core.do(reports.take_report, "pi", say.report("t1", 2, traces={"files": 3}))
    again = core.do(resetting.record_baseline, device, "staff")
    core.do(take_execution_report, "pi", say.recorded(again, "t1"))
    assert (core.row(device)["status"], core.row(device)["traces"]) == ("used", 0)


def test_unverified_waits_for_named_staff_and_never_becomes_clean(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1", checks=()))
    detail = core.read(views.job_detail, job)
    assert [(check["id"], check["result"]) for check in detail["checks"]] == [("files", "unknown")]
    core.do(jobs.accept, job, "looked at it", "user-9")
    assert core.row(device)["status"] == "accepted"
    after = core.read(views.job_detail, job)
    assert (after["outcome"], after["accepted_by"]) == (Outcome.UNVERIFIED, "user-9")
    assert core.row(device)["proven_at"] is None


def test_half_a_reset_cannot_be_accepted_and_says_what_was_not_checked_any_more(core: HubCore) -> None:
    device = core.prepare("t1", traces={"files": 2})
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.running(job, "t1"))
    core.do(jobs.cancel, job, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1", status=ExecutionStatus.CANCELED, outcome=None, checks=()))
    with pytest.raises(Conflict, match="not-finished"):
        core.do(jobs.accept, job, "looked at it", "user-9")
    detail = core.read(views.job_detail, job)
    assert [check["observed"]["en"] for check in detail["checks"]] == [
        "not checked any more, because the reset ended before"
    ]
    assert detail["baseline_traces"] == {"files": 2}
    assert detail["baseline_at"] is not None


def test_a_journal_without_its_end_and_a_changed_record_are_found(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1"))
    assert (core.read(journal.first_broken), core.read(forged)) == (None, [])

    def brighten(uow: UnitOfWork) -> None:
        row = uow.session.get(Job, job)
        row.checks = [*row.checks, say.passed("lid").model_dump(mode="json")]

    core.do(brighten)
    assert core.read(forged) == [job]
    last = core.read(journal.last_seq)
    core.do(lambda uow: uow.session.delete(uow.session.get(JournalRow, last)))
    assert core.read(journal.first_broken) == last


def test_reports_of_strangers_are_refused(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    with pytest.raises(ForeignExecution):
        core.do(take_execution_report, "evil", say.ended(job, "t1"))
    with pytest.raises(ForeignExecution):
        core.do(take_execution_report, "pi", say.ended("job-made-up", "t1"))
    assert core.row(device)["status"] == "resetting"


def test_many_at_once(core: HubCore) -> None:
    devices = [core.prepare(f"t{n}") for n in range(4)]
    found = core.find("stray")
    core.do(allocations.start_maintenance, devices[3], "screen", "staff")
    preview = core.do(resetting.preview, Scope(is_everything=True), None)
    assert {entry["device"] for entry in preview["touched"]} == set(devices[:3])
    assert [(entry["device"], entry["code"]) for entry in preview["untouched"]] == [(devices[3], "in-maintenance")]
    batch = core.do(resetting.reset_many, Scope(devices=(*devices, found)), None, 5, "trainer")
    view = core.read(views.batch_view, batch)
    assert (view["total"], view["open"]) == (3, 3)
    assert {(entry["device"], entry["code"]) for entry in view["left_out"]} == {
        (devices[3], "in-maintenance"),
        (found, "not-adopted"),
    }
    ids = view["jobs"]
    core.do(jobs.release, ids)
    by_dev = {execution.dev: execution.exec for execution in core.work().executions}
    core.do(take_execution_report, "pi", say.ended(by_dev["t0"], "t0"))
    core.do(take_execution_report, "pi", say.ended(by_dev["t1"], "t1", checks=FAILED))
    core.do(resetting.cancel_batch, batch, "trainer")
    view = core.read(views.batch_view, batch)
    assert (view["open"], view["clean"], view["quarantined"]) == (1, 1, 1)
    core.do(take_execution_report, "pi", say.ended(by_dev["t2"], "t2", status=ExecutionStatus.CANCELED, steps=()))
    assert core.read(views.batch_view, batch)["canceled"] == 1
    page = core.read(views.job_page, batch=batch, limit=2)
    rest = core.read(views.job_page, batch=batch, limit=2, after=page["after"])
    assert sorted(row["id"] for row in [*page["items"], *rest["items"]]) == sorted(ids)


def test_only_what_was_shown_is_reset_and_what_came_meanwhile_is_named(core: HubCore) -> None:
    shown, later = core.prepare("t1"), core.prepare("t2")
    everything = Scope(is_everything=True, only=frozenset({shown}))
    view = core.read(views.batch_view, core.do(resetting.reset_many, everything, None, 5, "trainer"))
    assert (view["total"], [(one["device"], one["code"]) for one in view["left_out"]]) == (1, [(later, "not-shown")])
    with pytest.raises(Conflict, match="nothing-to-reset"):
        core.do(resetting.reset_many, Scope(devices=(later,), only=frozenset({shown})), None, 5, "trainer")
    assert core.row(later)["job"] is None


def test_a_record_is_tied_to_everything_before_it(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1"))

    def recompute(session: Session) -> tuple[str, str]:
        row = session.get(Job, job)
        before = session.get(JournalRow, row.seq - 1)
        return row.record_hash, record_hash(before.hash, endings.record_of(row))

    stored, again = core.read(recompute)
    assert stored == again
    assert core.read(journal.first_broken) is None


def test_an_acceptance_is_part_of_the_record_and_its_words_are_not(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1", checks=()))
    before = core.read(views.job_detail, job)["record_hash"]
    core.do(jobs.accept, job, "looked at it", "user-9")
    accepted = core.read(views.job_detail, job)["record_hash"]
    assert accepted != before

    def told(session: Session) -> list[str]:
        return [row.model_dump_json() for row in journal.newest(session, None, 50)]

    rows = core.read(told)
    assert any(before in row for row in rows) and any(accepted in row for row in rows), "both stand in the journal"
    assert not any("looked at it" in row for row in rows)


def test_a_proof_ends_when_somebody_used_the_device_whatever_they_tidied_up(core: HubCore) -> None:
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1"))
    assert core.row(device)["status"] == "ready"
    core.do(reports.take_report, "pi", say.report("t1", 2, traces={"files": 2}))
    assert core.row(device)["status"] == "used"
    core.do(reports.take_report, "pi", say.report("t1", 3, traces={"files": 0}))
    assert (core.row(device)["status"], core.row(device)["traces"]) == ("used", 0), "what else was left nobody knows"
    again = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(again, "t1"))
    assert core.row(device)["status"] == "ready"


def test_a_tick_vouches_for_its_own_check_and_only_while_it_stands(core: HubCore) -> None:
    device = core.prepare("t1")

    def reset(*replies: jobs.Reply, **changed: object) -> str | None:
        job = core.do(resetting.reset, device, "deep", 0, "trainer")
        core.do(take_execution_report, "pi", say.waiting(job, "t1", 1))
        for reply in replies:
            core.do(jobs.answer, job, reply, "user-1")
        ticked = (say.passed(), say.passed("bed", kind="person", by="user-1"))
        core.do(take_execution_report, "pi", say.ended(job, "t1", 3, checks=ticked, **changed))
        return core.read(views.job_detail, job)["outcome"]

    yes, no = jobs.Reply("bed", True), jobs.Reply("bed", False)
    steps = (say.done_step(), say.BED_DONE)
    assert reset(yes, steps=steps) == Outcome.CLEAN
    assert reset(steps=steps) == Outcome.UNVERIFIED, "nobody ticked anything here"
    assert reset(yes, no, steps=steps) == Outcome.UNVERIFIED, "taken back"
    assert reset(yes, steps=(say.done_step(), say.done_step("bed", check="lid"))) == Outcome.UNVERIFIED, "another check"


def test_what_a_device_repeats_when_it_falls_silent_is_no_use(core: HubCore) -> None:
    device = core.prepare("t1")
    core.do(reports.take_report, "pi", say.report("t1", 2, traces={"files": 3}))
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "t1"))
    for seq, presence in ((3, "silent"), (4, "absent")):
        core.do(reports.take_report, "pi", say.report("t1", seq, traces={"files": 3}, presence=presence))
    core.do(reports.take_report, "pi", say.report("t1", 5))
    assert core.row(device)["status"] == "ready"


def test_a_snapshotless_baseline_is_no_baseline(core: HubCore) -> None:
    device = core.find("t1")
    _, (job,) = core.do(inventory.adopt, [inventory.AdoptWish(device)], True, "staff")
    report = say.recorded(job, "t1").model_copy(update={"snapshot": None})
    core.do(take_execution_report, "pi", report)
    assert core.read(views.job_detail, job)["trouble"]["code"] == "no-snapshot"
    assert core.row(device)["status"] == "no_baseline"


def test_a_booked_device_is_left_out_of_many(core: HubCore) -> None:
    free, booked = core.prepare("t1"), core.prepare("t2")
    soon = core.clock.now() + timedelta(minutes=5)

    def book(uow: UnitOfWork) -> None:
        uow.session.add(Allocation(id="alc-1", device_id=booked, kind="workshop", starts_at=soon, blocked_from=soon))

    core.do(book)
    with pytest.raises(Conflict, match="device-taken"):
        core.do(resetting.reset, booked, None, 0, "trainer")
    batch = core.do(resetting.reset_many, Scope(is_everything=True), None, 5, "trainer")
    view = core.read(views.batch_view, batch)
    (job,) = view["jobs"]
    assert core.read(views.job_detail, job)["device"] == free
