"""From a report on a real broker to a judged reset, and everything an agent may do wrong."""

import sqlite3

import pytest

from medialab_hub.services import inventory, jobs, resetting, views
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.issue_rows import ISSUES
from medialab_hub.storage.journal import newest
from medialab_wire import topics
from medialab_wire.commands import AckReports, AskRebirth, Execution
from medialab_wire.presence import AgentPhase
from medialab_wire.progress import CheckResult, ExecutionReport, Outcome
from medialab_wire.reports import Presence
from tests.fixtures import lab_words as say
from tests.fixtures.brokers import RealBroker
from tests.fixtures.hubs import HubInThread
from tests.fixtures.paper_agent import PaperAgent, obedient, until

GARBAGE = (b"", b"{", b"null", b"[]", b'{"dev":7}', b"\xff\xfe\x00", b'{"birth":1e400}', "„“".encode() * 50_000)


def rows(hub: HubInThread) -> list[dict]:
    return [row for key in hub.hub.fleet.ids() if (row := hub.hub.fleet.row(key)) is not None]


def status(hub: HubInThread, device: str) -> str:
    return hub.hub.fleet.row(device)["status"]


def adopt(hub: HubInThread, device: str) -> None:
    hub.run(lambda uow: inventory.adopt(uow, [inventory.AdoptWish(device)], True, "staff"))
    until(lambda: status(hub, device) == "used")


def reset(hub: HubInThread, device: str, level: str | None = None) -> dict:
    job = hub.run(lambda uow: resetting.reset(uow, device, level, 0, "trainer"))
    until(lambda: hub.hub.fleet.row(device)["job"] is None)
    return hub.run(lambda uow: views.job_detail(uow.session, job))


def test_a_device_is_found_adopted_reset_and_proven(hub: HubInThread, agent: PaperAgent) -> None:
    agent.arrive("t1")
    (row,) = until(lambda: rows(hub))
    assert (row["status"], row["battery"], row["agent"]) == ("found", 80, "pi")
    until(lambda: any(isinstance(ask, AckReports) and ask.reports == {"t1": (1, 1)} for ask in agent.asked))
    adopt(hub, row["id"])
    assert agent.configs[-1].owned == ("t1",)
    job = reset(hub, row["id"])
    assert (job["status"], job["outcome"]) == ("succeeded", Outcome.CLEAN)
    assert status(hub, row["id"]) == "ready"
    until(lambda: agent.work[-1].executions == () and agent.work[-1].acked.get(job["id"]) == 2)
    versions = [(work.epoch, work.version) for work in agent.work]
    assert versions == sorted(versions)
    assert {config.epoch for config in agent.configs} == {work.epoch for work in agent.work}


def test_an_agent_shows_how_many_devices_it_has(hub: HubInThread, agent: PaperAgent) -> None:
    def shown() -> int:
        return {one["id"]: one["devices"] for one in hub.hub.fleet.every(AGENTS)}.get("pi", 0)

    agent.arrive("t1")
    agent.arrive("t2")
    until(lambda: shown() == 2)
    agent.tell(say.report("t1", seq=2, presence=Presence.ABSENT))
    until(lambda: shown() == 1)


@pytest.mark.parametrize(
    ("changes", "outcome", "after"),
    [
        ({"checks": ()}, Outcome.UNVERIFIED, "unverified"),
        ({"outcome": None}, Outcome.UNVERIFIED, "unverified"),
        ({"checks": (say.passed(result=CheckResult.FAILED),)}, Outcome.QUARANTINED, "quarantined"),
        ({"status": "failed", "outcome": None}, Outcome.QUARANTINED, "quarantined"),
    ],
)
def test_the_hub_judges_the_evidence_itself(
    hub: HubInThread, agent: PaperAgent, changes: dict, outcome: Outcome, after: str
) -> None:
    def sloppy(execution: Execution) -> list[ExecutionReport]:
        honest = obedient(execution)
        return honest if execution.action != "reset" else [say.ended(execution.exec, execution.dev, **changes)]

    agent.carry = sloppy
    agent.arrive("t1")
    (row,) = until(lambda: rows(hub))
    adopt(hub, row["id"])
    assert reset(hub, row["id"])["outcome"] == outcome
    assert status(hub, row["id"]) == after
    until(lambda: [issue for issue in hub.hub.fleet.every(ISSUES) if issue["check"] == after])


def test_garbage_on_every_topic_changes_nothing_and_is_named(hub: HubInThread, agent: PaperAgent) -> None:
    agent.arrive("t1")
    until(lambda: rows(hub))
    before = rows(hub)
    ours = [
        topics.state("pi"),
        topics.inventory("pi"),
        topics.report("pi", "t1"),
        topics.event("pi", "t1"),
        topics.execution("pi", "job-x"),
        "ml/1/a/pi/up/nonsense",
        "ml/1/a/PI/up/state",
        "ml/1/a/pi/up/d/../rep",
    ]
    for topic in ours:
        for payload in GARBAGE:
            agent.send(topic, payload)
    agent.send(topics.report("pi", "t1"), say.report("other", 9).encode())
    agent.send(topics.report("pi", "t1"), say.report("t1", 2**63).encode())
    agent.send(topics.execution("pi", "job-x"), say.running("job-x", "t1").encode())
    agent.tell(say.report("t2", name="<b>‮\x00\x07" + "x" * 400))
    until(lambda: len(rows(hub)) == 2)
    assert [row for row in rows(hub) if row["id"] == before[0]["id"]] == before
    kinds = hub.run(lambda uow: [entry.kind for entry in newest(uow.session, None, 100)])
    assert "wire.invalid" in kinds
    assert kinds.count("wire.invalid") < 10, "a flood is counted, not journaled"


@pytest.mark.slow
def test_fifty_megabytes_are_harmless(hub: HubInThread, agent: PaperAgent) -> None:
    agent.send(topics.report("pi", "t1"), b'{"name":"' + b"x" * 50_000_000 + b'"}')
    agent.arrive("t1")
    assert until(lambda: rows(hub), 30)


def test_a_lost_agent_makes_its_devices_silent_and_is_an_issue(hub: HubInThread, broker: RealBroker) -> None:
    first = PaperAgent(broker.url, "pi").start().arrive("t1")
    (row,) = until(lambda: rows(hub))
    hub.run(lambda uow: inventory.adopt(uow, [inventory.AdoptWish(row["id"])], False, "staff"))
    first.vanish()
    until(lambda: hub.hub.fleet.row(row["id"])["presence"] == Presence.SILENT)
    assert status(hub, row["id"]) == "not_seen"
    until(lambda: [issue for issue in hub.hub.fleet.every(ISSUES) if issue["check"] == "agent-lost"])
    again = PaperAgent(broker.url, "pi", birth=2).start()
    again.tell(again.state(AgentPhase.READY))
    until(lambda: any(isinstance(ask, AskRebirth) for ask in again.asked))
    again.tell(say.report("t1"))
    until(lambda: hub.hub.fleet.row(row["id"])["presence"] == Presence.PRESENT)
    until(lambda: not [issue for issue in hub.hub.fleet.every(ISSUES) if issue["check"] == "agent-lost"])
    again.stop()


def test_a_broker_that_forgot_everything_is_told_again(hub: HubInThread, agent: PaperAgent, broker: RealBroker) -> None:
    agent.arrive("t1")
    (row,) = until(lambda: rows(hub))
    adopt(hub, row["id"])
    agent.carry = None
    job = hub.run(lambda uow: resetting.reset(uow, row["id"], None, 0, "trainer"))
    until(lambda: agent.work[-1].executions)
    agent.stop()
    broker.kill()
    broker.start()
    late = PaperAgent(broker.url, "pi", birth=2)
    late.carry = obedient
    late.start().arrive("t1")
    until(lambda: status(hub, row["id"]) == "ready", 20)
    assert late.configs[-1].owned == ("t1",)
    assert late.hub[-1].online
    assert hub.run(lambda uow: views.job_detail(uow.session, job))["outcome"] == Outcome.CLEAN
    late.stop()


def test_what_could_not_be_stored_comes_again(hub: HubInThread, agent: PaperAgent) -> None:
    path = hub.hub.database.writer.url.database
    agent.arrive("t1")
    until(lambda: rows(hub))
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        agent.tell(say.report("t2"))
        until(lambda: not hub.hub.link.is_connected, 20)
        other.execute("ROLLBACK")
    until(lambda: len(rows(hub)) == 2, 20)


def test_volatile_values_are_shown_at_once_and_leave_no_trace_in_the_journal(
    hub: HubInThread, agent: PaperAgent
) -> None:
    agent.arrive("t1")
    (row,) = until(lambda: rows(hub))
    seq = hub.hub.fleet.seq
    agent.tell(say.report("t1", 2, volatile={"battery": 79}))
    until(lambda: hub.hub.fleet.row(row["id"])["battery"] == 79)
    agent.tell(say.report("t1", 3, volatile={"battery": 11}))
    until(lambda: any(isinstance(ask, AckReports) and ask.reports.get("t1") == (1, 3) for ask in agent.asked))
    assert hub.hub.fleet.row(row["id"])["battery"] == 11
    assert hub.hub.fleet.seq == seq
    agent.tell(say.report("t1", 4, volatile={"battery": 10}, facts={"model": "A9"}))
    until(lambda: hub.hub.fleet.row(row["id"])["model"] == "A9")
    assert hub.hub.fleet.row(row["id"])["battery"] == 10


def test_a_person_answers_a_waiting_step(hub: HubInThread, agent: PaperAgent) -> None:
    agent.arrive("t1")
    (row,) = until(lambda: rows(hub))
    adopt(hub, row["id"])
    agent.carry = lambda execution: [say.waiting(execution.exec, execution.dev)]
    job = hub.run(lambda uow: resetting.reset(uow, row["id"], "deep", 0, "trainer"))
    until(lambda: status(hub, row["id"]) == "waiting_person")
    hub.run(lambda uow: jobs.answer(uow, job, jobs.Reply("bed", True), "user-1"))
    (answer,) = until(lambda: agent.work[-1].answers.get(job))
    assert (answer.step, answer.done, answer.by) == ("bed", True, "user-1")
    ticked = (say.passed(), say.passed("bed", kind="person", by="user-1"))
    agent.tell(say.ended(job, "t1", 3, steps=(say.done_step(), say.BED_DONE), checks=ticked))
    until(lambda: status(hub, row["id"]) == "ready")


def test_the_hub_says_goodbye(hub: HubInThread, agent: PaperAgent) -> None:
    until(lambda: agent.hub and agent.hub[-1].online)
    hub.call(hub.hub.link.close())
    until(lambda: not agent.hub[-1].online)
