"""The live stream: encoded once, in order, nothing missed after a gap, slow clients fetch again."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from medialab_hub.api import stream
from medialab_hub.api.stream import Broadcaster, Listener
from tests.fixtures.hubs import HubInThread


@pytest.fixture
async def broadcaster() -> AsyncIterator[Broadcaster]:
    started = Broadcaster(100)
    started.start()
    yield started
    started.close()


def events(chunk: bytes | None) -> list[tuple[int | None, str, Any]]:
    """(id, name, data) of each event in a piece of the stream."""
    found = []
    for block in (chunk or b"").decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            number = int(fields["id"]) if "id" in fields else None
            found.append((number, fields["event"], json.loads(fields["data"])))
    return found


def always() -> bool:
    return True


async def drained(listener: Listener) -> list[tuple[int | None, str, Any]]:
    return events(await asyncio.wait_for(listener.take(), 2))


def put(broadcaster: Broadcaster, subject: str, seq: int, **data: Any) -> None:
    broadcaster.publish("device", subject, seq, json.dumps({"id": subject, **data}).encode())


async def test_the_first_event_leaves_at_once(broadcaster: Broadcaster) -> None:
    listener = broadcaster.listen(None, always)
    put(broadcaster, "a", 101)
    assert await drained(listener) == [(101, "device", {"id": "a"})]


async def test_a_flood_about_one_thing_becomes_first_and_last(broadcaster: Broadcaster) -> None:
    listener = broadcaster.listen(None, always)
    for battery in range(50):
        put(broadcaster, "a", 101, battery=battery)
    put(broadcaster, "b", 101)
    assert [data["id"] for _, _, data in await drained(listener)] == ["a", "b"]
    assert await drained(listener) == [(101, "device", {"id": "a", "battery": 49})]


async def test_coming_back_misses_nothing_even_what_waited_out_its_pause(broadcaster: Broadcaster) -> None:
    before = broadcaster.listen(None, always)
    put(broadcaster, "a", 101)
    put(broadcaster, "a", 102, state="late")
    put(broadcaster, "b", 103)
    seen = (await drained(before))[-1][0]
    broadcaster.leave(before)
    await asyncio.sleep(stream.PAUSE_S * 2)
    after = broadcaster.listen(seen, always)
    assert {"id": "a", "state": "late"} in [data for _, _, data in await drained(after)]


async def test_numbers_never_fall(broadcaster: Broadcaster) -> None:
    listener = broadcaster.listen(None, always)
    numbers: list[int | None] = []
    for step in range(60):
        put(broadcaster, f"d{step % 3}", 101 + step)
        await asyncio.sleep(0.005)
        numbers += [number for number, _, _ in events(b"".join(listener._queue))]
        listener._queue.clear()
    assert numbers == sorted(numbers, key=lambda number: number or 0)


@pytest.mark.parametrize("since", [99, 5, 1000])
async def test_whoever_was_away_too_long_fetches_again(broadcaster: Broadcaster, since: int) -> None:
    put(broadcaster, "a", 101)
    assert await drained(broadcaster.listen(since, always)) == [(None, "resync", {})]


async def test_old_events_are_forgotten_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "REMEMBERED", 10)
    broadcaster = Broadcaster(0)
    for number in range(1, 31):
        put(broadcaster, f"d{number}", number)
    assert await drained(broadcaster.listen(5, always)) == [(None, "resync", {})]
    kept = await drained(broadcaster.listen(25, always))
    assert [data["id"] for _, _, data in kept][-5:] == ["d26", "d27", "d28", "d29", "d30"]


async def test_a_slow_client_gets_one_resync_instead_of_a_growing_queue(broadcaster: Broadcaster) -> None:
    slow = broadcaster.listen(None, always)
    for number in range(stream.MOST_QUEUED + 500):
        put(broadcaster, f"d{number}", 101 + number)
    assert len(slow._queue) <= stream.MOST_QUEUED
    heard = await drained(slow)
    assert heard[0] == (None, "resync", {})
    assert heard[-1][2] == {"id": f"d{stream.MOST_QUEUED + 499}"}


async def test_a_stream_ends_with_its_session(broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.02)
    quick = Broadcaster(0)
    quick.start()
    alive, over = quick.listen(None, always), quick.listen(None, lambda: False)
    await asyncio.sleep(0.1)
    assert b":\n\n" in (await alive.take() or b"")
    assert await over.take() is None
    quick.close()
    assert await alive.take() is None


async def test_a_reader_may_have_what_comes_together_in_one_piece(broadcaster: Broadcaster) -> None:
    pieces: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(message: Any) -> None:
        await pieces.put(message.get("body", b""))

    answer = asyncio.create_task(stream.EventStream(broadcaster, None, always, 0.3)({}, asyncio.Event().wait, send))
    while b"retry" not in await pieces.get():
        pass
    for subject in "ab":
        put(broadcaster, subject, 101)
        await asyncio.sleep(0.03)
    assert [data["id"] for _, _, data in events(await pieces.get())] == ["a", "b"]
    broadcaster.close()
    await answer


class Reader(threading.Thread):
    """A browser's end of the stream."""

    def __init__(self, client: httpx.Client, headers: dict[str, str] | None = None) -> None:
        super().__init__(daemon=True)
        self.client, self.headers = client, headers or {}
        self.open, self.lines = threading.Event(), []
        self.heard = threading.Condition()

    def run(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            self.client.stream("GET", "/api/v1/stream", headers=self.headers, timeout=20) as answer,
        ):
            self.status = answer.status_code
            self.open.set()
            for line in answer.iter_lines():
                with self.heard:
                    self.lines.append(line)
                    self.heard.notify()

    def wait_for(self, part: str) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: any(part in line for line in self.lines), 10), self.lines


@pytest.fixture
def reader(hub: HubInThread) -> Iterator[Reader]:
    with hub.client("trainer") as client:
        thread = Reader(client)
        thread.start()
        assert thread.open.wait(10)
        yield thread


def test_a_change_reaches_the_browser_and_can_be_replayed(hub: HubInThread, reader: Reader) -> None:
    reader.wait_for("retry: 1000")
    with hub.client("staff") as staff:
        seq = staff.get("/api/v1/fleet").json()["seq"]
        staff.post("/api/v1/locations", json={"name": "Werkstatt"}).raise_for_status()
        reader.wait_for("event: places")
    with hub.client("trainer") as again:
        late = Reader(again, {"Last-Event-ID": str(seq)})
        late.start()
        late.wait_for("event: places")


def test_a_stream_ends_when_its_token_is_revoked(hub: HubInThread) -> None:
    with hub.client("admin") as admin, hub.stranger() as program:
        token = admin.post("/api/v1/tokens", json={"label": "board", "role": "trainer"}).json()
        program.headers["Authorization"] = f"Bearer {token['secret']}"
        thread = Reader(program)
        thread.start()
        thread.wait_for("retry")
        admin.delete(f"/api/v1/tokens/{token['id']}").raise_for_status()
        thread.join(5)
        assert not thread.is_alive()
