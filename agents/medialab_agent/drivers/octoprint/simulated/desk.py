"""The front desk of the simulated OctoPrint: finds the route, checks the key, plays the faults, feeds the sockets."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.octoprint.simulated import printer_routes, storage_routes
from medialab_agent.drivers.octoprint.simulated.parts import VERSION, Call, Parts, Route, error
from medialab_agent.sdk.simulated_desk import FrontDesk
from medialab_agent.sdk.simulated_http import Ask, Reply, Socket

ROUTES: tuple[Route, ...] = (*printer_routes.ROUTES, *storage_routes.ROUTES)
WEBSOCKET = "/sockjs/websocket"
SLOW_S = 1.0
TICK_S = 0.5


class Desk:
    """Answers for one set of parts. `note` is told every request that changed something; `die` drops everything."""

    def __init__(self, parts: Parts, note: Callable[[str, str], None], die: Callable[[], None]) -> None:
        self._parts = parts
        self._front = FrontDesk(parts.faults, self._route, self._condition, note, die)
        self._sockets: set[Socket] = set()

    async def handle(self, ask: Ask) -> Reply | None:
        """The answer, or None to keep silent for ever."""
        self._parts.machine.advance()
        return await self._front.handle(ask, SLOW_S)

    def _condition(self) -> tuple[object, ...]:
        """Everything a command can change and a person could notice."""
        machine, store = self._parts.machine, self._parts.store
        kept = (store.files, store.folders, store.movies, store.frames, store.profiles, store.selected, store.default)
        targets = {name: heater.target for name, heater in machine.heaters().items()}
        return repr(kept), repr(targets), repr(machine.overrides), machine.selected, machine.word(), len(machine.shown)

    def _route(self, ask: Ask) -> Reply:
        key = ask.headers.get("x-api-key") or ask.headers.get("authorization", "").removeprefix("Bearer ")
        known = self._parts.access.knows(key)
        paths = [(route, match) for route in ROUTES if (match := re.fullmatch(route.pattern, ask.path))]
        for route, match in paths:
            if route.method == ask.method:
                if not (route.public or known):
                    return error(403 if ask.method == "GET" else 400)  # a change without a key lacks a CSRF token
                return route.answer(Call(self._parts, ask, match.groupdict()))
        return error(405 if paths else 404)

    async def greet(self, socket: Socket) -> None:
        """Keep one push socket: silent until it signs in and subscribes, as the real one is."""
        socket.send({"connected": {"version": VERSION, "display_version": VERSION}})
        authed = subscribed = False
        feeding: asyncio.Task[None] | None = None
        throttle = 1
        try:
            async for message in socket.messages():
                message = message if isinstance(message, dict) else {}
                session = str(message.get("auth", "")).rpartition(":")[2]
                authed = authed or session in self._parts.access.sessions
                subscribed = subscribed or "subscribe" in message
                throttle = int(message.get("throttle", throttle))
                if authed and subscribed and feeding is None:
                    feeding = asyncio.create_task(self._feed(socket, throttle))
        finally:
            self._sockets.discard(socket)
            if feeding is not None:
                feeding.cancel()

    async def _feed(self, socket: Socket, throttle: int) -> None:
        self._sockets.add(socket)
        kind = "history"
        while True:
            self._parts.machine.advance()
            socket.send({kind: self._current()})
            kind = "current"
            await asyncio.sleep(TICK_S * throttle)

    def _current(self) -> dict[str, Any]:
        machine = self._parts.machine
        temps = {name: {"actual": h.actual, "target": h.target} for name, h in machine.heaters().items()}
        state = {"text": machine.word(), "flags": machine.flags()}
        return {"state": state, "progress": {"completion": machine.completion()}, "temps": [temps]}

    def tell(self, kind: str, payload: dict[str, Any]) -> None:
        """An event for every socket."""
        for socket in tuple(self._sockets):
            socket.send({"event": {"type": kind, "payload": payload}})
