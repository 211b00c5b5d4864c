"""A second speaker of ml/1, as small as can be: what a hub says and hears, without any of the hub's code."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from medialab_wire import topics
from medialab_wire.commands import AckReports, Answer, Config, Execution, NextWork
from medialab_wire.presence import AgentState, HubState
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Inventory, Report
from medialab_wire.session import Ack, Broker, Handlers, Session
from tests.fixtures.waiting import until


class TinyHub:
    """Keeps every message it hears, acknowledges reports when `acks` is on."""

    def __init__(self, url: str, agent: str, acks: bool = True) -> None:
        self.agent, self.acks, self.epoch = agent, acks, uuid4().hex
        self.states: list[AgentState] = []
        self.inventories: list[Inventory] = []
        self.reports: list[Report] = []
        self.executions: list[ExecutionReport] = []
        self._version = 0
        self._work: dict[str, Execution] = {}
        self._answers: dict[str, tuple[Answer, ...]] = {}
        self.acked: dict[str, int] = {}
        self.session = Session(Broker(url, "hub"), (topics.ALL_UP,), Handlers(self._take, self._up))

    async def __aenter__(self) -> "TinyHub":
        self.session.connect()
        await until(lambda: self.session.is_connected)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    def restart(self) -> None:
        """As if the process had been started anew: a new epoch, nothing known."""
        self.epoch, self._version = uuid4().hex, 0
        self.states, self.inventories, self.reports, self.executions = [], [], [], []
        self._up(True)

    def own(self, *devices: str, **more: Any) -> None:
        """Publish a configuration."""
        config = Config(version=1, owned=devices, **more)
        self.session.publish(topics.config(self.agent), config.encode(), retain=True)

    def order(self, *executions: Execution, cancel: tuple[str, ...] = ()) -> None:
        """Publish all unfinished work, the new orders included."""
        self._work |= {execution.exec: execution for execution in executions}
        self._version += 1
        work = NextWork(
            epoch=self.epoch,
            version=self._version,
            executions=tuple(self._work.values()),
            cancel=cancel,
            answers=self._answers,
            acked=self.acked,
        )
        self.session.publish(topics.next_work(self.agent), work.encode(), retain=True)

    def answer(self, exec_id: str, step: str) -> None:
        """A person says yes."""
        self._answers[exec_id] = (*self._answers.get(exec_id, ()), Answer(step=step, done=True, by="p-1"))
        self.order()

    def ask(self, payload: bytes) -> None:
        """Publish a question."""
        self.session.publish(topics.ask(self.agent), payload)

    def last(self, exec_id: str) -> ExecutionReport | None:
        """The highest version heard of one execution."""
        return max((r for r in self.executions if r.exec == exec_id), key=lambda r: r.ver, default=None)

    async def ended(self, exec_id: str, seconds: float = 30) -> ExecutionReport:
        """The last report of an execution, once it is over."""
        await until(lambda: (found := self.last(exec_id)) is not None and found.status.is_terminal, seconds)
        found = self.last(exec_id)
        assert found is not None
        return found

    async def report(self, holds: Callable[[Report], bool] = lambda _report: True) -> Report:
        """The first report heard for which this holds."""
        await until(lambda: any(holds(report) for report in self.reports), 30)
        return next(report for report in self.reports if holds(report))

    def _up(self, _is_forgotten: bool) -> None:
        self.session.publish(topics.HUB, HubState(online=True, epoch=self.epoch).encode(), retain=True)

    def _take(self, topic: str, payload: bytes, ack: Ack) -> None:
        up = topics.parse_up(topic)
        assert up is not None, topic
        match up.kind:
            case "state":
                self.states.append(AgentState.model_validate_json(payload))
            case "inv":
                self.inventories.append(Inventory.model_validate_json(payload))
            case "rep":
                self._report(Report.model_validate_json(payload))
            case "x":
                self._execution(ExecutionReport.model_validate_json(payload))
        ack()

    def _report(self, report: Report) -> None:
        self.reports.append(report)
        if self.acks:
            self.ask(AckReports(reports={report.dev: (report.birth, report.seq)}).encode())

    def _execution(self, report: ExecutionReport) -> None:
        self.executions.append(report)
        if self.acks and report.status.is_terminal:
            self.acked[report.exec] = report.ver
            self._work.pop(report.exec, None)
            self.order()


async def settle() -> None:
    """Let what is under way arrive."""
    await asyncio.sleep(0.5)
