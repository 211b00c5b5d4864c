"""Messages doubled, shuffled and lost on the way end in the same state as on a perfect line."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from medialab_hub.services import agents, executions, inventory, jobs, reports, resetting
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Connection, Device, Job
from medialab_wire.progress import CheckResult
from medialab_wire.reports import Presence
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

Message = Callable[[HubCore], Any]
DEVS = ("t1", "t2", "t3")


def told(use_case: Callable[..., Any], message: object) -> Message:
    return lambda core: core.do(use_case, "pi", message)


def first_words() -> list[list[Message]]:
    """Each inner list is one sender's own order: states, inventory, and every connection's reports."""
    return [
        [told(agents.take_state, say.ready())],
        [told(agents.take_inventory, say.inventory(*DEVS))],
        *(
            [
                told(reports.take_report, say.report(dev, 1, presence=Presence.SILENT)),
                told(reports.take_report, say.report(dev, 2, facts={"model": "A"}, traces={"files": 3})),
                told(reports.take_report, say.report(dev, 3, facts={"model": "B"}, traces={"files": 1})),
            ]
            for dev in DEVS
        ),
    ]


def runs(job_of: dict[str, str]) -> list[list[Message]]:
    bad = {"t1": {}, "t2": {"checks": ()}, "t3": {"checks": (say.passed(result=CheckResult.FAILED),)}}
    return [
        [
            told(executions.take_execution_report, say.running(job_of[dev], dev, 1)),
            told(executions.take_execution_report, say.waiting(job_of[dev], dev, 2)),
            told(executions.take_execution_report, say.running(job_of[dev], dev, 3)),
            told(executions.take_execution_report, say.ended(job_of[dev], dev, 4, **bad[dev])),
        ]
        for dev in DEVS
    ]


def perfect(senders: list[list[Message]], core: HubCore, _chance: random.Random) -> None:
    for sender in senders:
        for message in sender:
            message(core)


def bad(senders: list[list[Message]], core: HubCore, chance: random.Random) -> None:
    """A tenth is lost, all may come twice and in any order; each sender repeats its last word until it is heard."""
    line = [message for sender in senders for message in sender if chance.random() > 0.1]
    line += chance.sample(line, len(line) // 2) + [sender[-1] for sender in senders]
    chance.shuffle(line)
    for message in line:
        message(core)


def state(session: Session) -> list[Any]:
    """Everything that matters, without ids and times."""
    dev_of = {c.device_id: c.dev for c in session.exec(select(Connection))}
    devices = [
        (dev_of[d.id], d.name, d.model, d.kind, d.driver, d.proven_outcome, d.proven_at is not None, d.asset_tag)
        for d in session.exec(select(Device))
    ]
    connections = [(c.dev, c.presence, c.facts, c.traces, c.birth, c.seq) for c in session.exec(select(Connection))]
    done = [
        (dev_of[j.device_id], j.action, j.status, j.outcome, j.ver, j.agent_done, j.steps, j.checks)
        for j in session.exec(select(Job))
    ]
    return [sorted(devices), sorted(connections, key=str), sorted(done, key=str)]


def live_through(core: HubCore, line: Callable[..., None], seed: int) -> list[Any]:
    chance = random.Random(seed)
    line(first_words(), core, chance)
    by_dev = {core.row(key)["name"].split()[-1]: key for key in core.index.ids()}
    wishes = [inventory.AdoptWish(by_dev[dev]) for dev in DEVS]
    _, baselines = core.do(inventory.adopt, wishes, True, "staff")
    line(
        [
            [told(executions.take_execution_report, say.recorded(job, dev))]
            for job, dev in zip(baselines, DEVS, strict=True)
        ],
        core,
        chance,
    )
    job_of = {dev: core.do(resetting.reset, by_dev[dev], None, 5, "trainer") for dev in DEVS}
    core.do(jobs.release, job_of.values())
    line(runs(job_of), core, chance)
    assert not core.work().executions
    assert not core.work().cancel
    return [*core.read(state), sorted(core.row(key)["status"] for key in by_dev.values())]


@pytest.mark.parametrize("seed", range(6))
def test_a_bad_line_changes_nothing_about_the_end(core: HubCore, twin: HubCore, seed: int) -> None:
    assert live_through(core, bad, seed) == live_through(twin, perfect, seed)
