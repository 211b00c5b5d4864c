"""Names on a record: read from the accounts when somebody looks, kept nowhere else."""

import json
from typing import Any

from sqlmodel import select

from medialab_hub.api.schemas.jobs import JobDetail
from medialab_hub.domain.roles import Role
from medialab_hub.services import accounts, endings, jobs, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job, JournalRow
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.progress import CheckResult
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

NOBODY: dict[str, Any] = {"de": "gelöschtes Konto", "en": "deleted account"}


def person(core: HubCore, name: str, role: Role = Role.STAFF) -> str:
    return core.do(accounts.add_user, accounts.Person(name, role, "hash"), "setup").id


def same(name: str) -> dict[str, str]:
    return {"de": name, "en": name}


def kept(session: Session, job_id: str) -> str:
    """All that the hub stores about a job, its proof and its journal."""
    job = session.get(Job, job_id)
    assert job is not None
    journal = session.exec(select(JournalRow)).all()
    return json.dumps([job.model_dump(mode="json"), endings.record_of(job), [row.model_dump_json() for row in journal]])


def test_a_record_names_who_asked_who_ticked_and_who_accepted(core: HubCore) -> None:
    grace, ada = person(core, "Grace H."), person(core, "Ada L.")
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, "deep", 0, grace)
    core.do(take_execution_report, "pi", say.waiting(job, "t1", 1))
    core.do(jobs.answer, job, jobs.Reply("bed", True), ada)
    ticked = say.passed("bed", kind=EvidenceKind.PERSON, by=ada)
    checks = (say.passed("files", result=CheckResult.UNKNOWN), ticked)
    core.do(take_execution_report, "pi", say.ended(job, "t1", 3, checks=checks))
    core.do(jobs.accept, job, "looked at it", ada)
    detail = core.read(views.job_detail, job)
    JobDetail.model_validate(detail)
    assert (detail["requested_by"], detail["requested_by_name"]) == (grace, same("Grace H."))
    assert (detail["accepted_by"], detail["accepted_by_name"]) == (ada, same("Ada L."))
    assert {check["id"]: check["by_name"] for check in detail["checks"]} == {"files": None, "bed": same("Ada L.")}
    stored = core.read(kept, job)
    assert grace in stored and ada in stored
    assert "Grace" not in stored and "Ada" not in stored


def test_a_locked_account_keeps_its_name_and_one_that_is_gone_has_none(core: HubCore) -> None:
    _, grace = person(core, "Root", Role.ADMIN), person(core, "Grace H.")
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, grace)
    core.do(accounts.change_user, grace, "setup", role=None, password_hash=None, disabled=True)
    assert core.read(views.job_detail, job)["requested_by_name"] == same("Grace H.")
    core.do(lambda uow: uow.session.delete(uow.session.get(accounts.User, grace)))
    assert core.read(views.job_detail, job)["requested_by_name"] == NOBODY


def test_a_program_is_called_by_the_label_of_its_token(core: HubCore) -> None:
    token = core.do(accounts.add_token, "Stundenplan", Role.TRAINER, "secret-hash", "setup").id
    device = core.prepare("t1")
    job = core.do(resetting.reset, device, None, 0, token)
    core.do(accounts.revoke_token, token, "setup")
    detail = core.read(views.job_detail, job)
    assert detail["requested_by_name"] == same("Stundenplan")
    assert detail["accepted_by_name"] is None
