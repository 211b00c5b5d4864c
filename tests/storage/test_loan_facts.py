"""A returned device leaves a fact that names nobody; undone, it is gone; a reset adds how long it took."""

from datetime import timedelta

from sqlmodel import select

from medialab_hub.catalogue.loader import shipped
from medialab_hub.domain.damages import DamageKind
from medialab_hub.domain.scanning import ScanMode
from medialab_hub.services import damages, executions, institutions, lending, models, people, returns, scanning
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.institutions import Facts
from medialab_hub.services.people import Contact
from medialab_hub.storage import jobs
from medialab_hub.storage import loan_facts as rows
from medialab_hub.storage.tables import LoanFact
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab

SCHOOL = Facts("Grundschule am Wald", "school", "123456", "grundschule", "Münster", "05515000")


def facts(core: HubCore) -> list[LoanFact]:
    return core.read(lambda session: list(session.exec(select(LoanFact).order_by(LoanFact.id)).all()))


def lent(core: HubCore, tablets: list[str], **more: object) -> str:
    lines = [LineWish(device=key) for key in tablets]
    return core.do(lending.lend, Wish(lines, days(core, 0, 2), **more), "staff")  # type: ignore[arg-type]


def test_a_fact_says_what_kind_of_loan_it_was_and_not_whose(core: HubCore) -> None:
    _, tablets = lab(core, 2)
    school = core.do(institutions.add, SCHOOL, "staff")
    person = core.do(people.add, Contact("Kanarienvogel"), school, (), "staff")
    loan = lent(core, tablets, person=person, purpose="Kanarienschau", group_size=12)
    core.clock.pass_time(86400)
    core.do(lending.check_in, tablets[0], "staff")
    core.clock.pass_time(2 * 86400)
    core.do(lending.check_in, tablets[1], "staff")
    core.do(damages.report, damages.Report(tablets[1], DamageKind.DAMAGED), "staff")
    found = sorted(facts(core), key=lambda fact: fact.returned_at)
    assert [fact.is_on_time for fact in found] == [True, False]
    assert {(fact.booking_id, fact.group_size, fact.school_form) for fact in found} == {(loan, 12, "grundschule")}
    assert {(fact.institution_kind, fact.municipality) for fact in found} == {("school", "Münster")}
    told = core.read(rows.between, core.clock.now() - timedelta(days=9), core.clock.now() + timedelta(days=1))
    assert [(one.device, one.is_damaged, one.was_unverified) for one in sorted(told, key=lambda one: one.device)] == [
        (key, key == tablets[1], True) for key in sorted(tablets)
    ]
    assert "Kanarien" not in str([fact.model_dump() for fact in found]) + str(told) and person not in str(told)


def test_areas_come_from_the_class_of_the_model(core: HubCore) -> None:
    tablets = [core.prepare("t1")]
    class_id = next(iter(shipped().classes))
    model = core.do(models.add, "Tablet", class_id, None, "staff")
    core.do(models.put_in, model, tablets, "staff")
    lent(core, tablets)
    core.do(lending.check_in, tablets[0], "staff")
    (fact,) = facts(core)
    assert (fact.class_id, fact.areas) == (class_id, sorted(shipped().classes[class_id].mkr))


def test_an_undone_return_takes_its_fact_away(core: HubCore) -> None:
    _, tablets = lab(core, 1)
    lent(core, tablets)
    session = core.do(scanning.start, scanning.Opening(ScanMode.IN), "staff")
    tag = core.row(tablets[0])["asset_tag"]
    scan = scanning.Told("e1", "desk", 1, core.clock.now(), raw=tag)
    core.do(scanning.take, session, [scan], "staff")
    assert len(facts(core)) == 1
    undo = scanning.Told("e2", "desk", 2, core.clock.now(), scanning.EventKind.UNDO, about="e1")
    core.do(scanning.take, session, [undo], "staff")
    assert facts(core) == []
    core.do(lending.check_in, tablets[0], "staff")
    assert len(facts(core)) == 1


def test_a_proven_reset_adds_its_minutes_and_the_next_loan_is_not_unverified(core: HubCore) -> None:
    _, tablets = lab(core, 1)
    lent(core, tablets)
    core.clock.pass_time(3600)
    core.do(lending.check_in, tablets[0], "staff")
    core.do(returns.start_resets)
    (job,) = core.do(lambda uow: jobs.open_of(uow.session, tablets))
    assert [fact.reset_min for fact in facts(core)] == [None]
    core.do(executions.take_execution_report, "pi", say.running(job.id, "t1", 1))
    core.clock.pass_time(90)
    core.do(executions.take_execution_report, "pi", say.ended(job.id, "t1", 2))
    assert [fact.reset_min for fact in facts(core)] == [2]
    lent(core, tablets)
    core.do(lending.check_in, tablets[0], "staff")
    assert sorted((fact.was_unverified, fact.reset_min) for fact in facts(core)) == [(False, None), (True, 2)]
