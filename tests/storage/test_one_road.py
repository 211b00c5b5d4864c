"""A device walks through the hub: found, adopted, baseline, reset, proven."""

import pytest

from medialab_hub.errors import Conflict
from medialab_hub.services import inventory, jobs, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_wire.progress import ExecutionStatus, Outcome
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore


def test_from_found_to_clean(core: HubCore) -> None:
    device = core.find("t1")
    assert core.row(device)["status"] == "found"
    (ids, started) = core.do(inventory.adopt, [inventory.AdoptWish(device, name="Fuchs")], True, "staff")
    assert ids == [device]
    assert core.row(device)["asset_tag"] == "ML-0001"
    assert core.row(device)["status"] == "no_baseline"
    work = core.work()
    assert [(e.exec, e.action, e.dev) for e in work.executions] == [(started[0], "record-baseline", "t1")]
    core.do(take_execution_report, "pi", say.recorded(started[0], "t1"))
    assert core.row(device)["status"] == "used", "never proven clean"
    job = core.do(resetting.reset, device, None, 5, "trainer")
    assert core.row(device)["status"] == "resetting"
    assert not core.work().executions, "the grace time protects it"
    core.do(jobs.release, [job])
    (execution,) = core.work().executions
    assert execution.baseline == {"apps": ["a", "b"]}
    core.do(take_execution_report, "pi", say.running(job, "t1"))
    assert core.row(device)["step"] == {"de": "wipe", "en": "wipe"}
    core.do(take_execution_report, "pi", say.ended(job, "t1"))
    assert core.row(device)["status"] == "ready"
    assert core.row(device)["name"] == "Fuchs"
    detail = core.read(views.job_detail, job)
    assert (detail["status"], detail["outcome"]) == (ExecutionStatus.SUCCEEDED, Outcome.CLEAN)
    assert len(detail["record_hash"]) == 64
    assert not core.work().executions


def test_no_command_without_adoption_or_baseline(core: HubCore) -> None:
    device = core.find("t1")
    with pytest.raises(Conflict, match="not-adopted"):
        core.do(resetting.reset, device, None, 0, "trainer")
    core.do(inventory.adopt, [inventory.AdoptWish(device)], False, "staff")
    with pytest.raises(Conflict, match="no-baseline"):
        core.do(resetting.reset, device, None, 0, "trainer")
    core.do(jobs.start, jobs.Wish(device, "find-me"), "trainer")
    with pytest.raises(Conflict, match="job-is-open"):
        core.do(jobs.start, jobs.Wish(device, "find-me"), "trainer")
