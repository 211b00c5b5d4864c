"""The live stream: one broadcaster that encodes each event once for everybody who listens."""

import asyncio
from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MOST_QUEUED = 1_000
"""Events a slow client may owe; then it gets one `resync` instead."""
REMEMBERED = MOST_QUEUED
"""Events kept for clients that come back (`Last-Event-ID`): who missed more than may be owed fetches again."""
PAUSE_S = 0.1
"""Shortest time between two events about the same thing; the first leaves at once, the last always leaves."""
HEARTBEAT_S = 15.0
"""A comment goes to everybody so often, so that a dead connection is noticed."""
RESYNC: Final = b"event: resync\ndata: {}\n\n"

Key = tuple[str, str]


class Listener:
    """One open stream: what it still has to be sent."""

    def __init__(self, is_live: Callable[[], bool]) -> None:
        self.is_live = is_live
        self._queue: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._ended = False

    def put(self, message: bytes) -> None:
        """Queue a message; a client that is too slow loses its queue and must fetch everything again."""
        if len(self._queue) >= MOST_QUEUED:
            self._queue.clear()
            message = RESYNC
        self._queue.append(message)
        self._wake.set()

    def end(self) -> None:
        """Close this stream."""
        self._ended = True
        self._wake.set()

    async def take(self) -> bytes | None:
        """Everything that is queued, or None when the stream is over."""
        await self._wake.wait()
        self._wake.clear()
        if self._ended:
            return None
        chunk = b"".join(self._queue)
        self._queue.clear()
        return chunk


class Broadcaster:
    """Sends events to all listeners in one order. Used on the event loop only.

    `seq` never falls: while an event waits out its pause, later ones carry a number below it, so that a client that
    comes back with the last number it saw has missed nothing. It may get an event twice, which changes nothing."""

    def __init__(self, seq: int) -> None:
        self._listeners: set[Listener] = set()
        self._numbers: deque[int] = deque(maxlen=REMEMBERED)
        self._messages: deque[tuple[Key, bytes]] = deque(maxlen=REMEMBERED)
        self._seq = self._floor = seq
        self._sent: OrderedDict[Key, float] = OrderedDict()
        self._pending: dict[Key, tuple[int, bytes]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None
        self._heartbeat: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the heartbeat."""
        self._heartbeat = asyncio.create_task(self._beat(), name="stream-heartbeat")

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        for listener in tuple(self._listeners):
            listener.end()

    @property
    def listeners(self) -> int:
        """Open streams."""
        return len(self._listeners)

    def publish(self, event: str, subject: str, seq: int, data: bytes) -> None:
        """Send one event about one thing; `data` is JSON in one line, `seq` the fleet sequence."""
        key, now = (event, subject), asyncio.get_running_loop().time()
        self._seq = max(self._seq, seq)
        self._forget_sent(now)
        if key in self._pending or key in self._sent:
            first = self._pending[key][0] if key in self._pending else seq
            self._pending[key] = (first, data)
            self._plan_flush()
            return
        self._sent[key] = now
        self._send(key, data)

    def advance(self, seq: int) -> None:
        """The fleet sequence went on; also where nobody is told of what happened, as of a sign-in."""
        self._seq = max(self._seq, seq)

    def listen(self, since: int | None, is_live: Callable[[], bool]) -> Listener:
        """Open a stream, after what was missed since that number."""
        listener = Listener(is_live)
        listener.put(b"retry: 1000\n\n")
        if since is not None:
            for message in self._missed(since):
                listener.put(message)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """This client is gone."""
        self._listeners.discard(listener)

    def end_orphans(self) -> None:
        """End the streams of those who may no longer listen."""
        for listener in tuple(self._listeners):
            if not listener.is_live():
                listener.end()

    def _missed(self, since: int) -> list[bytes]:
        if since < self._floor or since > self._seq:
            return [RESYNC]
        # Several events can carry the same number: begin with the first of them. Only the last about a thing counts.
        start = bisect_left(self._numbers, since)
        latest = dict(list(self._messages)[start:])
        return list(latest.values())

    def _send(self, key: Key, data: bytes) -> None:
        number = min((first for first, _ in self._pending.values()), default=self._seq + 1) - 1
        number = max(number, self._numbers[-1] if self._numbers else self._floor)
        message = b"id: %d\nevent: %s\ndata: %s\n\n" % (number, key[0].encode(), data)
        if len(self._numbers) == REMEMBERED:
            self._floor = self._numbers[1]
        self._numbers.append(number)
        self._messages.append((key, message))
        for listener in self._listeners:
            listener.put(message)

    def _plan_flush(self) -> None:
        if self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(PAUSE_S, self._flush)

    def _flush(self) -> None:
        self._flush_timer = None
        now = asyncio.get_running_loop().time()
        pending, self._pending = self._pending, {}
        self._forget_sent(now)
        for key, (_, data) in pending.items():
            self._sent[key] = now
            self._sent.move_to_end(key)
            self._send(key, data)

    def _forget_sent(self, now: float) -> None:
        while self._sent and now - next(iter(self._sent.values())) >= PAUSE_S:
            self._sent.popitem(last=False)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.end_orphans()
            for listener in self._listeners:
                listener.put(b":\n\n")


class EventStream(Response):
    """The answer that stays open. Ends when the client goes, its session ends or the hub stops.

    `gather_s` is the shortest time between two pieces: what comes together wakes hub and reader once."""

    media_type = "text/event-stream"

    def __init__(
        self, broadcaster: Broadcaster, since: int | None, is_live: Callable[[], bool], gather_s: float = 0.0
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._broadcaster, self._since, self._is_live = broadcaster, since, is_live
        self._gather_s = gather_s

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream."""
        listener = self._broadcaster.listen(self._since, self._is_live)
        watcher = asyncio.create_task(_end_when_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while (chunk := await listener.take()) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await asyncio.sleep(self._gather_s)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            self._broadcaster.leave(listener)


async def _end_when_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()
