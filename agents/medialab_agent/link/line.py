"""The agent's line to the hub: says who is there, sends what the outbox holds, hears what is wanted."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from medialab_agent.link.outbox import Outbox
from medialab_wire import topics
from medialab_wire.commands import AckReports, Ask, AskLog, AskPing, AskRebirth, Config, NextWork
from medialab_wire.outgoing import Publication
from medialab_wire.presence import AgentPhase, AgentState, HubState
from medialab_wire.session import Ack, Broker, Handlers, Session

log = logging.getLogger(__name__)

FIRST_BEAT_S, LONGEST_BEAT_S = 5.0, 60.0
"""Seconds until the agent says again that it is there; doubles each time. Nobody acknowledges that word; it carries the
version of the inventory, so that a hub which missed something asks for it."""

ASK: TypeAdapter[Ask] = TypeAdapter(Ask)


class Desk(Protocol):
    """What the line hands over; each call returns when what it was given is safe on disk."""

    async def configure(self, config: Config) -> None:
        """A configuration; one that came late changes nothing."""

    async def work(self, work: NextWork) -> None:
        """All unfinished work, cancel wishes, answers, acknowledgements."""

    async def repeat(self) -> None:
        """Put the state of all executions into the outbox again."""


@dataclass(frozen=True)
class Presence:
    """How this agent introduces itself. `births` counts one more connection; called on the network thread."""

    agent: str
    boot: str
    version: str
    host: str
    births: Callable[[], int]
    inventory: Callable[[], str]
    """The present inventory's version."""
    seal_key: str | None = None
    """The public key to which people's passwords are sealed."""


class Line:
    """Owns the MQTT session. `jitter_s`: agents answer a restarted hub within so many seconds, not all at once."""

    def __init__(self, broker: Broker, presence: Presence, outbox: Outbox, desk: Desk, jitter_s: float = 2.0) -> None:
        self._presence, self._outbox, self._desk, self._jitter_s = presence, outbox, desk, jitter_s
        self._birth = 0
        self._epoch: str | None = None
        self._work: tuple[str, int] = ("", -1)
        self._beat_at, self._beat_s = 0.0, FIRST_BEAT_S
        self._wake = asyncio.Event()
        self._inbox: asyncio.Queue[tuple[str, bytes, Ack]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        handlers = Handlers(self._take, self._connected, will=self._will)
        wanted = (topics.HUB, topics.all_down(presence.agent))
        self._session = Session(broker, wanted, handlers)

    @property
    def is_connected(self) -> bool:
        """True while the broker has accepted us."""
        return self._session.is_connected

    def open(self) -> None:
        """Connect and keep connected; returns at once."""
        self._session.connect()
        self._spawn(self._send())
        self._spawn(self._hear())

    def wake(self) -> None:
        """The outbox has something new."""
        self._wake.set()

    async def close(self, drain_s: float = 1.0) -> None:
        """Say goodbye."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session.is_connected:
            self._outbox.flush(time.monotonic(), self._publish)
            self._say(AgentPhase.DISCONNECTED)
        await self._session.close(drain_s)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _will(self) -> Publication:
        self._birth = self._presence.births()
        return self._state(AgentPhase.LOST)

    def _state(self, phase: AgentPhase) -> Publication:
        me = self._presence
        state = AgentState(
            phase=phase,
            birth=self._birth,
            boot=me.boot,
            version=me.version,
            inventory=me.inventory() if phase is AgentPhase.READY else None,
            host=me.host,
            agent=me.agent,
            seal_key=me.seal_key,
        )
        return Publication(topics.state(me.agent), state.encode(), retain=True)

    def _appear(self) -> None:
        """Say that we are there, now and again later."""
        self._beat_s = FIRST_BEAT_S
        self._beat_at = time.monotonic() + self._beat_s
        self._say(AgentPhase.READY)

    def _beat(self) -> None:
        if time.monotonic() >= self._beat_at:
            self._beat_s = min(LONGEST_BEAT_S, 2 * self._beat_s)
            self._beat_at = time.monotonic() + self._beat_s
            self._say(AgentPhase.READY)

    def _say(self, phase: AgentPhase) -> None:
        state = self._state(phase)
        self._session.publish(state.topic, state.payload, retain=True)

    def _publish(self, topic: str, payload: bytes, retain: bool) -> bool:
        return self._session.publish(topic, payload, retain=retain)

    def _connected(self, is_forgotten: bool) -> None:
        log.info("Connected to the broker, birth %d", self._birth)
        self._outbox.born(self._birth, time.monotonic(), is_forgotten=is_forgotten)
        self._appear()
        self.wake()

    async def _send(self) -> None:
        while True:
            self._wake.clear()
            pause = 5.0
            if self._session.is_connected:
                self._beat()
                pause = self._outbox.flush(time.monotonic(), self._publish)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):  # wait_for of Python 3.11 can lose a cancellation
                    await self._wake.wait()

    def _take(self, topic: str, payload: bytes, ack: Ack) -> None:
        self._inbox.put_nowait((topic, payload, ack))

    async def _hear(self) -> None:
        """One message after the other, acknowledged when it is safe; what cannot be kept comes again."""
        while True:
            topic, payload, ack = await self._inbox.get()
            try:
                await self._obey(topic, payload)
            except ValidationError as error:
                log.warning("%s: not understood: %s", topic, error.errors(include_input=False))
            except Exception:
                log.exception("%s: could not be kept; asking for it again", topic)
                await asyncio.sleep(1.0)
                self._session.drop()
                continue
            ack()

    async def _obey(self, topic: str, payload: bytes) -> None:
        agent = self._presence.agent
        if topic == topics.HUB:
            self._hub(HubState.model_validate_json(payload))
        elif not payload:
            log.debug("%s was cleared", topic)
        elif topic == topics.config(agent):
            await self._desk.configure(Config.model_validate_json(payload))
        elif topic == topics.next_work(agent):
            await self._next(NextWork.model_validate_json(payload))
        elif topic == topics.ask(agent):
            self._asked(ASK.validate_json(payload))
        else:
            log.warning("%s: no such topic in this protocol", topic)

    async def _next(self, work: NextWork) -> None:
        epoch, version = self._work
        if work.epoch == epoch and work.version < version:
            return
        await self._desk.work(work)
        self._work = work.epoch, work.version
        self._outbox.acknowledged_executions(work.acked)
        self.wake()

    def _hub(self, hub: HubState) -> None:
        if hub.online and hub.epoch != self._epoch:
            is_first, self._epoch = self._epoch is None, hub.epoch
            if not is_first:
                self._spawn(self._introduce(random.uniform(0, self._jitter_s)))  # noqa: S311 - spreads agents

    async def _introduce(self, delay_s: float) -> None:
        """Everything from the beginning, for a hub that may know nothing."""
        await asyncio.sleep(delay_s)
        self._appear()
        self._outbox.restate(time.monotonic())
        await self._desk.repeat()
        self.wake()

    def _asked(self, ask: Ask) -> None:
        match ask:
            case AckReports():
                self._outbox.acknowledged(ask)
            case AskPing():
                self._say(AgentPhase.READY)
            case AskRebirth():
                self._spawn(self._introduce(0.0))
            case AskLog():
                logging.getLogger("medialab_agent").setLevel(ask.level.upper())
