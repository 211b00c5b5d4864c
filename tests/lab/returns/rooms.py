"""Where returns are played: the hub's ingest over a database, or a whole running hub behind a real broker."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import httpx
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text
from sqlmodel import Session

from medialab_hub.adapters.ingest import Ingest, Outlets
from medialab_hub.domain.allocation import Interval
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import freedom, lending, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.storage import agents
from medialab_hub.storage.attempts import attempt
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire import topics
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.texts import Text
from tests.fixtures.brokers import RealBroker
from tests.fixtures.hub_core import HubCore
from tests.fixtures.hubs import HubInThread, until

T = TypeVar("T")
HOUR = timedelta(hours=1)
PATIENCE_S = 300
REFUSALS = {"not-free", "test-due", "not-proven"}


class Room(Protocol):
    """A hub as agents and staff see it."""

    def send(self, topic: str, payload: bytes) -> None:
        """An agent's message; returns before it is stored."""

    def settle(self) -> None:
        """Wait until everything that was sent is dealt with."""

    def do(self, use_case: Callable[..., T], *args: Any) -> T:
        """What somebody at the hub does."""

    def lose(self, send: Callable[[], None], *, comes_again: bool = False) -> None:
        """Send while the database does not answer; what was not stored comes again, or never."""

    def begin_resets(self) -> None:
        """What goes on by itself after returns has begun."""

    def bookable(self, devices: Sequence[str]) -> set[str]:
        """Of which a booking of this very device from now on is accepted; it is taken back at once."""

    def free(self, model: str) -> int:
        """How many of a model are free now, as people are shown."""

    def pass_time(self, hours: float) -> None:
        """Let time pass."""


class _TakenBack(HubError):
    """A booking was accepted."""


def _accepted(uow: UnitOfWork, devices: Sequence[str]) -> set[str]:
    """One after the other, and nothing of it stays."""
    found = set()
    for device in devices:
        wish = Wish([LineWish(device=device)], Interval(uow.now, uow.now + HOUR))
        try:
            attempt(uow, lambda: _book_and_take_back(uow, wish))  # noqa: B023 - called before the next turn
        except _TakenBack:
            found.add(device)
        except Conflict as refusal:
            assert refusal.code in REFUSALS, refusal
    return found


def _book_and_take_back(uow: UnitOfWork, wish: Wish) -> None:
    lending.lend(uow, wish, "staff")
    raise _TakenBack("taken-back", Text.same("taken back"))


class CoreRoom:
    """The hub's ingest, services and database. Messages that were not stored are kept, as by a broker."""

    def __init__(self, core: HubCore) -> None:
        self._core = core
        self._kept: list[tuple[str, bytes]] = []
        self._drops = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ingest", daemon=True)
        self._thread.start()
        outlets = Outlets(lambda *_: True, self._dropped, lambda *_: None, lambda _job: None)
        self._ingest = Ingest(core.writer, core.index, outlets, core.clock)

    def close(self) -> None:
        """End the loop."""
        self.settle()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, topic: str, payload: bytes) -> None:
        message = (topic, payload)

        def take() -> None:
            self._kept.append(message)
            self._ingest.take(topic, payload, lambda: self._kept.remove(message))

        self._loop.call_soon_threadsafe(take)

    def settle(self) -> None:
        self._turn()
        self._core.writer.submit(lambda _uow: None).result(PATIENCE_S)
        self._turn(3)

    def do(self, use_case: Callable[..., T], *args: Any) -> T:
        self._core.clock.pass_time(0.001)
        return self._core.writer.submit(lambda uow: use_case(uow, *args)).result(PATIENCE_S)

    def lose(self, send: Callable[[], None], *, comes_again: bool = False) -> None:
        self.settle()
        self._core.clock.pass_time(2)
        drops = self._drops
        busy = self._busy_file if self._core.database.is_sqlite else self._busy_server
        with busy() as strike:
            send()
            until(lambda: strike() or self._drops > drops, PATIENCE_S)
        again, self._kept = self._kept, []
        assert again, "the database was to be busy"
        for topic, payload in again if comes_again else ():
            self.send(topic, payload)
        self.settle()

    def begin_resets(self) -> None:
        self.do(returns.start_resets)

    def bookable(self, devices: Sequence[str]) -> set[str]:
        return self.do(_accepted, devices)

    def free(self, model: str) -> int:
        now = self._core.clock.now()
        return int(self._core.read(freedom.of_one, model, Interval(now, now + HOUR), 1, now)["free"])

    def pass_time(self, hours: float) -> None:
        self._core.clock.pass_time(hours * 3600)

    def _dropped(self) -> None:
        self._drops += 1

    def _turn(self, times: int = 1) -> None:
        for _ in range(times):
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result(PATIENCE_S)

    @contextlib.contextmanager
    def _busy_file(self) -> Iterator[Callable[[], None]]:
        """Somebody else writes to the file, for longer than the hub waits."""
        raw = self._core.database.writer.raw_connection()
        raw.cursor().execute("PRAGMA busy_timeout=5")  # as short as can be; a fresh connection has the usual one
        raw.close()
        other = sqlite3.connect(str(self._core.database.writer.url.database), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield lambda: None
            other.execute("ROLLBACK")
        finally:
            other.close()

    @contextlib.contextmanager
    def _busy_server(self) -> Iterator[Callable[[], None]]:
        """Somebody else keeps the end of the journal, and the server ends who waits for it."""
        waiting = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with self._core.database.reader.connect() as other:
            other.execute(text("LOCK TABLE journal_head IN ACCESS EXCLUSIVE MODE"))

            def strike() -> None:
                other.execute(text("SELECT pg_stat_clear_snapshot()"))
                other.execute(waiting)

            yield strike
            other.rollback()


class HubRoom:
    """A running hub by HTTP, its agents by MQTT. Nobody but the hub itself begins a reset."""

    def __init__(self, hub: HubInThread, broker: RealBroker, client: httpx.Client) -> None:
        self._hub, self._broker, self._http = hub, broker, client
        self._marks = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="returns", clean_session=True)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, 1)

    def settle(self) -> None:
        """The broker keeps the order of one client: what was sent before this mark was dealt with before."""
        self._marks += 1
        mark = AgentState(phase=AgentPhase.READY, birth=self._marks, boot=f"b{self._marks}", version="0.1")
        self._client.publish(topics.state("mark"), mark.encode(), 1).wait_for_publish(20)
        until(lambda: self.do(_birth_of_mark) == self._marks, 20)

    def do(self, use_case: Callable[..., T], *args: Any) -> T:
        done: T = self._hub.run(lambda uow: use_case(uow, *args))
        return done

    def lose(self, send: Callable[[], None], *, comes_again: bool = False) -> None:
        """Here it is the broker that is gone, and forgets what it had; an agent tells it again, or never."""
        self.settle()
        if comes_again:
            send()
            return
        self._broker.kill()
        until(lambda: not self._client.is_connected(), 20)
        self._broker.start()
        until(lambda: self._client.is_connected() and self._hub.hub.link.is_connected, 30)

    def begin_resets(self) -> None:
        """The hub does that by itself."""

    def bookable(self, devices: Sequence[str]) -> set[str]:
        return {device for device in devices if self._is_bookable(device)}

    def _is_bookable(self, device: str) -> bool:
        wish = {"lines": [{"device": device}], "ends": (self._now() + HOUR).isoformat()}
        answer = self._http.post("/api/v1/bookings", json=wish)
        if answer.status_code == 409:
            assert answer.json()["code"] in REFUSALS, answer.text
            return False
        key = answer.raise_for_status().json()["booking"]
        self._http.post(f"/api/v1/bookings/{key}/canceled").raise_for_status()
        return True

    def free(self, model: str) -> int:
        asked = {"model": model, "starts": self._now().isoformat(), "ends": (self._now() + HOUR).isoformat()}
        answer = self._http.get("/api/v1/availability", params=asked).raise_for_status()
        return int(answer.json()[0]["free"])

    def pass_time(self, hours: float) -> None:
        self._hub.shift(timedelta(hours=hours))
        time.sleep(0.01)

    def _now(self) -> datetime:
        return self._hub.clock.now()


def _birth_of_mark(uow: UnitOfWork) -> int:
    session: Session = uow.session
    found = agents.get(session, "mark")
    return 0 if found is None else found.birth
