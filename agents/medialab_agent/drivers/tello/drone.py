"""One drone at one address: questions by UDP, and its state packets."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from medialab_agent.drivers.tello.queries import Query, meaning, state_of
from medialab_agent.sdk.trouble import unreachable

log = logging.getLogger(__name__)
HOST, PORT, STATE_PORT = "192.168.10.1", 8889, 8890
"""SDK 2.0, “Architecture”."""
ANSWER_S, TRIES = 2.0, 2
"""Seconds for one answer, and how often a question is sent; packets get lost in a room full of radios."""
PACKETS_MOST = 400
PATIENCE_S = 2.0
"""Seconds more than wished for in which state packets may come; the first ones follow the SDK's being turned on."""
_turns: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]" = WeakKeyDictionary()


class _Ear(asyncio.DatagramProtocol):
    """Hands on what comes from one host, and that its system says nobody is there."""

    def __init__(self, host: str, hear: Callable[[bytes], None], refused: Callable[[], None] = lambda: None) -> None:
        self._host, self._hear, self._refused = host, hear, refused

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """See `DatagramProtocol`."""
        if addr[0] == self._host:
            self._hear(data)

    def error_received(self, exc: Exception) -> None:
        """See `DatagramProtocol`."""
        log.debug("tello: %s", type(exc).__name__)
        self._refused()


class Drone:
    """`answer_s`: how long one answer is waited for. Speaks to nobody but `host`."""

    def __init__(self, host: str, port: int, state_port: int, answer_s: float = ANSWER_S) -> None:
        self.host, self.port = host, port
        self._state_port, self._answer_s = state_port, answer_s

    async def ask(self, query: Query) -> str | None:
        """The answer; None when the drone says that it does not know. Raises `Unreachable` when it says nothing.

        Answers do not say what they answer: each question comes from a port of its own, so that a late one is lost."""
        for _ in range(TRIES):
            answer = await self._exchange(query)
            if answer is not None:
                return meaning(query, answer)
        raise unreachable(f"no answer to {query.name}")

    async def enter(self) -> None:
        """Make it answer. Raises `Unreachable`."""
        if await self.ask(Query.ENTER) is None:
            raise unreachable("not ready")

    async def states(self, seconds: float) -> tuple[tuple[float, Mapping[str, float]], ...]:
        """Its state packets of so many seconds, with monotonic times; empty when another program holds the port or
        nothing comes. One listener at a time, for all drones tell their state to the same port."""
        heard: list[tuple[float, Mapping[str, float]]] = []
        enough = asyncio.Event()

        def hear(packet: bytes) -> None:
            if len(heard) < PACKETS_MOST:
                heard.append((time.monotonic(), state_of(packet)))
            if heard[-1][0] - heard[0][0] >= seconds:
                enough.set()

        loop = asyncio.get_running_loop()
        async with _turns.setdefault(loop, asyncio.Lock()):
            try:
                ear, _ = await loop.create_datagram_endpoint(
                    lambda: _Ear(self.host, hear), local_addr=(self._here(), self._state_port)
                )
            except OSError:
                return ()
            try:
                async with asyncio.timeout(seconds + PATIENCE_S):
                    await enough.wait()
            except TimeoutError:
                pass
            finally:
                ear.close()
        return tuple(heard)

    def _here(self) -> str:
        """This machine's address on the way to the drone; nothing is sent."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect((self.host, self.port))
            return str(way.getsockname()[0])

    async def _exchange(self, query: Query) -> bytes | None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes | None] = loop.create_future()

        def hear(data: bytes | None) -> None:
            if not answer.done():
                answer.set_result(data)

        try:
            mouth, _ = await loop.create_datagram_endpoint(
                lambda: _Ear(self.host, hear, lambda: hear(None)), remote_addr=(self.host, self.port)
            )
        except OSError as error:
            raise unreachable(type(error).__name__) from error
        try:
            mouth.sendto(query.value.encode("ascii"))
            async with asyncio.timeout(self._answer_s):
                return await answer
        except TimeoutError:
            return None
        finally:
            mouth.close()
