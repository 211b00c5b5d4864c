"""The front desk of the simulated Moonraker: finds the route, checks the key, plays the faults, feeds the sockets."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.moonraker.simulated import printer_routes, storage_routes
from medialab_agent.drivers.moonraker.simulated.parts import Call, Parts, Route, error
from medialab_agent.sdk.simulated_desk import FrontDesk
from medialab_agent.sdk.simulated_http import Ask, Reply, Socket

ROUTES: tuple[Route, ...] = (*printer_routes.ROUTES, *storage_routes.ROUTES)
WEBSOCKET = "/websocket"
SLOW_S = 0.1
TICK_S = 0.25


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
        kept = (store.files, sorted(store.folders), store.history, store.queue)
        set_ = (machine.speed_factor, machine.extrude_factor, machine.offset_z, machine.fan, machine.is_held)
        targets = [heater.target for heater in machine.heaters().values()]
        return repr(kept), set_, targets, machine.state, machine.file, machine.klippy, len(machine.shown)

    def _route(self, ask: Ask) -> Reply:
        if ask.path == WEBSOCKET:
            return error(500, "Maximum Number of Websocket Connections Reached")
        paths = [(route, match) for route in ROUTES if (match := re.fullmatch(route.pattern, ask.path))]
        for route, match in paths:
            if route.method != ask.method:
                continue
            if not (route.public or self._parts.lets_in(ask.headers)):
                return error(401, "Unauthorized")
            if route.klippy and self._parts.machine.klippy == "disconnected":
                return error(503, "Klippy Host not connected")
            return route.answer(Call(self._parts, ask, match.groupdict()))
        return error(405 if paths else 404, "Not Found")

    async def greet(self, socket: Socket) -> None:
        """Keep one websocket: it is let in always, but only known clients are answered."""
        feeding: asyncio.Task[None] | None = None
        self._sockets.add(socket)
        try:
            async for message in socket.messages():
                if not isinstance(message, dict):
                    continue
                objects = self._obey(socket, message)
                if objects is not None:
                    if feeding is not None:
                        feeding.cancel()
                    feeding = asyncio.create_task(self._feed(socket, objects))
        finally:
            self._sockets.discard(socket)
            if feeding is not None:
                feeding.cancel()

    def _obey(self, socket: Socket, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer one call; the objects of a subscription."""
        method, number = message.get("method"), message.get("id")
        if not self._parts.lets_in(socket.headers):
            _send(socket, {"error": {"code": 401, "message": "Unauthorized"}, "id": number})
        elif method == "server.connection.identify":
            _send(socket, {"result": {"connection_id": id(socket)}, "id": number})
        elif method != "printer.objects.subscribe":
            _send(socket, {"error": {"code": -32601, "message": "Method not found"}, "id": number})
        elif self._parts.machine.klippy == "disconnected":
            _send(socket, {"error": {"code": 503, "message": "Klippy Host not connected"}, "id": number})
        else:
            objects = dict(message.get("params", {}).get("objects", {}))
            status = printer_routes.wanted(self._parts.machine.status(), objects)
            _send(socket, {"result": {"eventtime": self._parts.machine.now(), "status": status}, "id": number})
            return objects
        return None

    async def _feed(self, socket: Socket, objects: dict[str, Any]) -> None:
        machine = self._parts.machine
        told = printer_routes.wanted(machine.status(), objects)
        while True:
            await asyncio.sleep(TICK_S)
            machine.advance()
            now = printer_routes.wanted(machine.status(), objects)
            changes = {
                name: changed
                for name, fields in now.items()
                if (changed := {key: value for key, value in fields.items() if told[name][key] != value})
            }
            told = now
            if changes:
                _send(socket, {"method": "notify_status_update", "params": [changes, machine.now()]})

    def tell(self, method: str, params: list[Any]) -> None:
        """A notice for every socket that is let in."""
        for socket in tuple(self._sockets):
            if self._parts.lets_in(socket.headers):
                _send(socket, {"method": method, "params": params})


def _send(socket: Socket, message: dict[str, Any]) -> None:
    socket.send({"jsonrpc": "2.0", **message})
