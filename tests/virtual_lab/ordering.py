"""What the tests want of the agent in the guest, said as a hub says it."""

from collections.abc import Callable
from typing import Any

from medialab_wire.commands import Execution
from medialab_wire.progress import ExecutionReport, StepState
from medialab_wire.reports import Access, Presence, Report
from tests.contract.link.hub import TinyHub
from tests.fixtures.waiting import until
from tests.virtual_lab import agent
from tests.virtual_lab.vm import Vm

SEEN_S = 90.0
"""Seconds until a device is inventoried, at most."""
ORDER_S, STEP_S = 200.0, 120.0
"""Seconds an order, and one of its steps, may take: an emulated processor has no hurry."""


ATTEMPTS = 3


def hub_of(vm: Vm) -> TinyHub:
    """A hub at the guest's broker."""
    return TinyHub(f"mqtt://127.0.0.1:{vm.ports['broker']}", agent.AGENT)


def latest(hub: TinyHub) -> dict[str, Report]:
    """The last report of each connection."""
    return {report.dev: report for report in hub.reports}


async def seen(hub: TinyHub, holds: Callable[[Report], bool], access: Access = Access.OK) -> Report:
    """The one device that is there, let in, and for which this holds."""

    def fitting() -> list[Report]:
        there = [r for r in latest(hub).values() if r.presence is Presence.PRESENT and r.access is access]
        return [report for report in there if holds(report)]

    try:
        await until(lambda: bool(fitting()), SEEN_S)
    except TimeoutError:
        raise AssertionError(f"not inventoried; there are {list(latest(hub).values())}") from None
    (report,) = fitting()
    return report


async def work(hub: TinyHub, dev: str, action: str, **more: Any) -> ExecutionReport:
    """One order to its end; what a person is asked to do at the device, a person does."""
    name = f"{action}-{dev}"[:50] + f"-{len(hub.executions)}"
    answered: set[str] = set()

    def is_over() -> bool:
        told = hub.last(name)
        for step in told.steps if told else ():
            if step.state is StepState.WAITING_PERSON and step.id not in answered:
                answered.add(step.id)
                hub.answer(name, step.id)
        return told is not None and told.status.is_terminal

    hub.order(Execution(exec=name, job=name, dev=dev, action=action, step_deadline_s=STEP_S, **more))
    try:
        await until(is_over, ORDER_S)
    except TimeoutError:
        raise AssertionError(f"{action} of {dev} does not end: {hub.last(name)}") from None
    ended = hub.last(name)
    assert ended is not None
    return ended


async def work_by_radio(hub: TinyHub, dev: str, action: str, **more: Any) -> ExecutionReport:
    """The same, ordered again when the connection did not come about: on an emulated processor that serves three
    connections and a scan, some take longer than the fifteen seconds a robot has."""
    for _ in range(ATTEMPTS - 1):
        ended = await work(hub, dev, action, **more)
        if ended.trouble is None or ended.trouble.code != "device-unreachable":
            return ended
    return await work(hub, dev, action, **more)
