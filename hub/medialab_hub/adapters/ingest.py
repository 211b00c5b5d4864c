"""Takes what agents send: parses, stores through the writer, and acknowledges after the commit."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from medialab_hub.adapters.acknowledgements import ReportAcks
from medialab_hub.adapters.invalid import InvalidMessages
from medialab_hub.adapters.memory import WireMemory, digest_of
from medialab_hub.adapters.parsing import Unusable, parse
from medialab_hub.clock import Clock
from medialab_hub.domain.progress import fraction
from medialab_hub.services import agents, executions, reports
from medialab_hub.services.fleet import FleetIndex
from medialab_hub.services.projection import Changes
from medialab_hub.storage.failures import is_passing
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from medialab_wire.base import WireModel
from medialab_wire.commands import AskRebirth
from medialab_wire.presence import AgentState
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Event, Inventory, Report
from medialab_wire.session import Ack

log = logging.getLogger(__name__)

DROP_PAUSE_S = 1.0
"""Shortest time between two reconnections that ask the broker to deliver again."""
REBIRTH_PAUSE_S = 5.0
"""Shortest time between two wishes that an agent tells everything again: it may still be busy with the first."""


@dataclass(frozen=True)
class Outlets:
    """Whom ingest tells something.

    `ask(agent, question)`; `drop()`: have everything unacknowledged delivered again;
    `acknowledge(agent, execution, version)`: that is stored; `progressed(execution)`: it moves, not worth storing."""

    ask: Callable[[str, WireModel], bool]
    drop: Callable[[], None]
    acknowledge: Callable[[str, str, int], None]
    progressed: Callable[[str], None]


@dataclass(frozen=True)
class _Message:
    topic: str
    size: int
    ack: Ack


class Ingest:
    """Lives on the event loop. Order per connection is kept, because the writer is first in, first out."""

    def __init__(self, writer: Writer, index: FleetIndex, outlets: Outlets, clock: Clock) -> None:
        self._writer, self._index, self._out, self._clock = writer, index, outlets, clock
        self.memory = WireMemory()
        self._acks = ReportAcks(outlets.ask)
        self._invalid = InvalidMessages(writer.submit, clock)
        self._last_drop = -DROP_PAUSE_S
        self._rebirths: dict[str, bool] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def hear(self, changes: Changes) -> None:
        """The hub decided something itself; what was remembered of those connections no longer holds."""
        for connection in changes.connections:
            self.memory.forget(connection)

    def take(self, topic: str, payload: bytes, ack: Ack) -> None:
        """One message from the broker. Never raises."""
        message = _Message(topic, len(payload), ack)
        try:
            received = parse(topic, payload)
        except Unusable as error:
            self._invalid.record(topic, len(payload), str(error), ack)
            return
        agent = received.topic.agent
        match received.message:
            case Report() as report:
                self._take_report(agent, report, message)
            case ExecutionReport() as report:
                self._take_execution(agent, report, message)
            case AgentState() as state:
                self._store(message, lambda uow: agents.take_state(uow, agent, state), partial(self._agent_back, agent))
            case Inventory() as inventory:
                done = partial(self._inventory_stored, agent, inventory.version)
                self._store(message, lambda uow: agents.take_inventory(uow, agent, inventory), done)
            case Event() as event:
                self._take_event(agent, event, ack)

    # --- reports ----------------------------------------------------------------------------------------------

    def _take_report(self, agent: str, report: Report, message: _Message) -> None:
        digest = digest_of(report)
        known = self.memory.volatile_only(agent, report, digest)
        if known is not None:
            self.memory.keep_volatile(known, report, self._clock.now())
            self._index.take_volatile(known.device, report.volatile, self._clock.now())
            self._acks.add_report(agent, report)
            message.ack()
            return
        self.memory.begin(agent, report)
        self._store(
            message,
            lambda uow: reports.take_report(uow, agent, report),
            partial(self._report_stored, agent, report, digest),
            lambda _error: self.memory.end(agent, report, digest, None),
        )

    def _report_stored(self, agent: str, report: Report, digest: bytes, taken: reports.Taken | None) -> None:
        self.memory.end(agent, report, digest, taken)
        self._acks.add_report(agent, report)

    # --- executions -------------------------------------------------------------------------------------------

    def _take_execution(self, agent: str, report: ExecutionReport, message: _Message) -> None:
        device = self.memory.progress_only(agent, report)
        if device is not None:
            self._index.take_progress(device, fraction(report.steps))
            self._out.progressed(report.exec)
            self._out.acknowledge(agent, report.exec, report.ver)
            message.ack()
            return
        self._store(
            message,
            lambda uow: executions.take_execution_report(uow, agent, report),
            partial(self._execution_stored, agent, report),
            partial(self._execution_refused, agent, report),
            durable=report.status.is_terminal,
        )

    def _execution_stored(self, agent: str, report: ExecutionReport, device: str | None) -> None:
        self.memory.keep_execution(agent, report, device)
        self._out.acknowledge(agent, report.exec, report.ver)

    def _execution_refused(self, agent: str, report: ExecutionReport, error: BaseException) -> None:
        if not is_passing(error):  # it would be repeated for ever
            self._out.acknowledge(agent, report.exec, report.ver)

    # --- the rest ---------------------------------------------------------------------------------------------

    def _agent_back(self, agent: str, is_back: bool) -> None:
        if is_back:
            self._ask_rebirth(agent)

    def _inventory_stored(self, agent: str, version: str, is_contradicted: bool) -> None:
        """Not acknowledged while it contradicts what we believe: the agent repeats it until it does not."""
        if is_contradicted:
            self._ask_rebirth(agent)
        else:
            self._acks.add_inventory(agent, version)

    def _take_event(self, agent: str, event: Event, ack: Ack) -> None:
        if self.memory.has_gap(agent, event):
            self._ask_rebirth(agent)
        ack()

    def _ask_rebirth(self, agent: str) -> None:
        """Now, or when the pause after the last time is over."""
        if agent in self._rebirths:
            self._rebirths[agent] = True
            return
        self._rebirths[agent] = False
        self._out.ask(agent, AskRebirth())
        asyncio.get_running_loop().call_later(REBIRTH_PAUSE_S, self._rested, agent)

    def _rested(self, agent: str) -> None:
        if self._rebirths.pop(agent):
            self._ask_rebirth(agent)

    # --- storing ----------------------------------------------------------------------------------------------

    def _store(
        self,
        message: _Message,
        use_case: Callable[[UnitOfWork], Any],
        then: Callable[[Any], None],
        failed: Callable[[BaseException], None] = lambda _error: None,
        *,
        durable: bool = False,
    ) -> None:
        self._loop = self._loop or asyncio.get_running_loop()
        loop = self._loop
        future = self._writer.submit(use_case, durable=durable)

        def back_on_the_loop(answer: Future[Any]) -> None:
            if not loop.is_closed():
                # One turn of the loop later: those who watch hear of it before the agent does.
                loop.call_soon_threadsafe(loop.call_soon, self._settle, message, answer, then, failed)

        future.add_done_callback(back_on_the_loop)

    def _settle(
        self,
        message: _Message,
        answer: Future[Any],
        then: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        error = answer.exception()
        if error is None:
            then(answer.result())
            message.ack()
            return
        failed(error)
        if is_passing(error):
            self._redeliver(error)
            return
        self._invalid.record(message.topic, message.size, f"{type(error).__name__}: {error}", message.ack)

    def _redeliver(self, error: BaseException) -> None:
        now = self._clock.monotonic()
        if now - self._last_drop >= DROP_PAUSE_S:
            self._last_drop = now
            log.error("could not store; everything unacknowledged is asked for again: %s", error)
            self._out.drop()
