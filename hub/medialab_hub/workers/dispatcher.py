"""Hands out work: publishes to each agent what it owns and what it has to do, whenever that differs from before."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from medialab_hub.clock import Clock
from medialab_hub.services.agents import config_for
from medialab_hub.services.projection import Changes
from medialab_hub.services.work import WorkReader, message
from medialab_hub.storage import agents
from medialab_hub.storage.reading import Reading
from medialab_wire import topics
from medialab_wire.commands import Config

log = logging.getLogger(__name__)

REMIND_S = 5.0
"""Work without any sign of progress is published again so often: the broker may have lost it. The configuration
beside it is published again so often in any case: progress of one device says nothing about who was told of another."""
UNSENT_PAUSE_S = 1.0
"""Before trying again without a broker; a new connection ends it."""
SHORTEST_PAUSE_S = 0.1
"""Between two publications for one agent."""
BYTES_PER_S = 2_000_000
"""Long lists of work with large baselines leave less often."""
MOST_ACKED = 1000

Publish = Callable[[str, bytes, bool], bool]


@dataclass
class _Desk:
    """What one agent was given last."""

    is_dirty: bool = True
    is_forced: bool = True
    config: int = -1
    config_again_at: float = 0.0
    content: bytes = b""
    version: int = 0
    acked: OrderedDict[str, int] = field(default_factory=OrderedDict)
    next_at: float = 0.0
    remind_at: float | None = None


class Dispatcher:
    """Level-triggered: every pass compares what is published with what should be. Lives on the event loop."""

    def __init__(self, reading: Reading, publish: Publish, clock: Clock, epoch: str) -> None:
        self._reading, self._publish, self._clock, self._epoch = reading, publish, clock, epoch
        self._desks: dict[str, _Desk] = {}
        self._readers: dict[str, WorkReader] = {}
        self._wake = asyncio.Event()

    def hear(self, changes: Changes) -> None:
        """The work or the configuration of some agents changed."""
        for agent in changes.work:
            self._desk(agent).is_dirty = True
        if changes.work:
            self._wake.set()

    def acknowledge(self, agent: str, exec_id: str, ver: int) -> None:
        """This version of an execution is stored; that is also a sign of life of the agent's work."""
        desk = self._desk(agent)
        before = desk.acked.pop(exec_id, -1)
        desk.acked[exec_id] = max(ver, before)
        desk.is_forced = desk.is_forced or before >= ver  # told again: our acknowledgement got lost
        if len(desk.acked) > MOST_ACKED:
            desk.acked.popitem(last=False)
        if desk.remind_at is not None:
            desk.remind_at = self._clock.monotonic() + REMIND_S
        desk.is_dirty = True
        self._wake.set()

    def republish(self) -> None:
        """The broker may have forgotten everything: publish all of it again."""
        for desk in self._desks.values():
            desk.is_dirty = desk.is_forced = True
            desk.next_at = 0.0
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        known = await asyncio.to_thread(self._reading, lambda session: [agent.id for agent in agents.every(session)])
        for agent in known:
            self._desk(agent)
        while True:
            await self._rest()
            self._wake.clear()
            for agent in self._due():
                await self._serve(agent)

    def _desk(self, agent: str) -> _Desk:
        return self._desks.setdefault(agent, _Desk())

    def _due(self) -> list[str]:
        now = self._clock.monotonic()
        for desk in self._desks.values():
            if desk.remind_at is not None and desk.remind_at <= now:
                desk.is_dirty = desk.is_forced = True
        return [agent for agent, desk in self._desks.items() if desk.is_dirty and desk.next_at <= now]

    async def _rest(self) -> None:
        """Until something changed, a pause is over or somebody has to be reminded."""
        now = self._clock.monotonic()
        moments = [desk.next_at for desk in self._desks.values() if desk.is_dirty]
        moments += [desk.remind_at for desk in self._desks.values() if desk.remind_at is not None]
        pause = max(0.0, min(moments) - now) if moments else None
        try:
            async with asyncio.timeout(pause):  # wait_for of Python 3.11 can lose a cancellation
                await self._wake.wait()
        except TimeoutError:
            return

    async def _serve(self, agent: str) -> None:
        desk = self._desk(agent)
        desk.is_dirty = False
        reader = self._readers.setdefault(agent, WorkReader(agent))
        try:
            config, content, count = await asyncio.to_thread(self._read, agent, reader, dict(desk.acked))
        except Exception:
            log.exception("cannot read the work of %s", agent)
            desk.is_dirty, desk.next_at = True, self._clock.monotonic() + UNSENT_PAUSE_S
            return
        is_sent = self._send(agent, desk, config, content)
        now = self._clock.monotonic()
        desk.next_at = now + (max(SHORTEST_PAUSE_S, len(content) / BYTES_PER_S) if is_sent else UNSENT_PAUSE_S)
        desk.remind_at = now + REMIND_S if count else None

    def _read(self, agent: str, reader: WorkReader, acked: Mapping[str, int]) -> tuple[Config | None, bytes, int]:
        return self._reading(lambda session: (config_for(session, agent), *reader.read(session, acked)))

    def _send(self, agent: str, desk: _Desk, config: Config | None, content: bytes) -> bool:
        sent, now = True, self._clock.monotonic()
        is_due = desk.is_forced or now >= desk.config_again_at
        if config is not None and (is_due or config.version != desk.config):
            told = config.model_copy(update={"epoch": self._epoch})
            sent = self._publish(topics.config(agent), told.encode(), True)
            desk.config, desk.config_again_at = config.version, now + REMIND_S
        if desk.is_forced or content != desk.content:
            desk.version += content != desk.content
            work = message(self._epoch, desk.version, content)
            sent = self._publish(topics.next_work(agent), work, True) and sent
            desk.content = content
        desk.is_forced = not sent
        desk.is_dirty = desk.is_dirty or not sent
        return sent
