"""A reset that may write an older firmware: the agent is told that there is a reason, and only the hub knows which."""

from typing import Any

from medialab_agent.sdk.firmware_history import REASON
from medialab_hub.domain.jobs import OLDER_BECAUSE, REASON_KEPT
from medialab_hub.domain.roles import Role
from medialab_hub.services import accounts, erasure, resetting, views
from medialab_hub.storage.tables import Job
from tests.fixtures.hub_core import HubCore

WHY = "Mia needs the old one"


def older(core: HubCore, actor: str = "staff") -> str:
    job: str = core.do(resetting.reset, core.prepare("t1"), "deep", 0, actor, WHY)
    return job


def told(core: HubCore, job: str) -> dict[str, Any]:
    (execution,) = (one for one in core.work().executions if one.exec == job)
    return execution.params


def test_the_agent_knows_the_parameter_by_the_same_name() -> None:
    assert OLDER_BECAUSE == REASON
    assert REASON_KEPT.isprintable()


def test_the_words_stay_in_the_hub(core: HubCore) -> None:
    job = older(core)
    assert told(core, job) == {OLDER_BECAUSE: REASON_KEPT}
    assert "Mia" not in core.work().model_dump_json()
    assert core.read(views.job_detail, job)["older_because"] == WHY


def test_without_a_reason_the_agent_is_told_none(core: HubCore) -> None:
    job = core.do(resetting.reset, core.prepare("t1"), "deep", 0, "staff")
    assert told(core, job) == {}


def test_the_words_can_be_erased_by_job_device_and_writer(core: HubCore) -> None:
    grace = core.do(accounts.add_user, accounts.Person("Grace H.", Role.STAFF, "hash"), "setup").id
    job = older(core, grace)
    device = core.read(views.job_detail, job)["device"]
    for subject in (job, device, grace):
        core.do(lambda uow: setattr(uow.session.get_one(Job, job), "older_because", WHY))
        assert core.do(erasure.erase_texts, subject, "command-line") == 1
        assert core.read(views.job_detail, job)["older_because"] == ""
