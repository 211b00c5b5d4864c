"""The line to one printer: its reports merged, its answers matched to our commands."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from medialab_agent.drivers.bambu.address import Place
from medialab_agent.drivers.bambu.state import DEVELOPER_ERROR, Merged, State
from medialab_agent.drivers.bambu.trust import NamedContext
from medialab_agent.drivers.bambu.words import no_developer_mode, not_let_in, refused
from medialab_agent.sdk.trouble import unreachable
from medialab_wire.session import Ack, Broker, Handlers, Session

LONGEST = 512_000
"""Bytes of one report; a printer with four filament boxes sends about 20 000."""
PUSHALL_S = 300.0
"""Seconds between two requests for the full state: more often makes P1 and A1 printers stutter (mqtt.md)."""
FULL_STATE = ("00M", "00W", "03W", "094", "239")
"""Serial numbers of the X1 and H2 families begin like this; these send their full state by themselves."""
RECONNECT_S = 30.0
"""The same after a lost connection, when deltas were missed."""
ASK_AGAIN_S = 5.0
"""The same while there is no state at all."""
ANSWER_S = 8.0
"""Seconds a printer may take to answer a command."""
NOT_US = frozenset({"Bad user name or password", "Not authorized"})
"""Return codes 4 and 5 of MQTT 3.1.1, section 3.2.2.3, in paho's words; others pass by themselves."""
DEVELOPER_S = 600.0
"""How long a missing Developer Mode is believed without asking again."""


class Line:
    """One MQTT connection. `on_news` is called whenever the state changed."""

    def __init__(
        self, place: Place, serial: str, code: str, context: NamedContext, on_news: Callable[[], None]
    ) -> None:
        self.serial, self._on_news = serial, on_news
        broker = Broker(place.url, f"medialab-{serial.lower()}", "bblp", code, context=context, clean=True)
        handlers = Handlers(self._heard, self._connected, self._lost, on_refused=self._refused)
        self._session = Session(broker, [f"device/{serial}/report"], handlers)
        self._merged = Merged()
        self.state: State | None = None
        self._numbers = itertools.count(int(time.time()) % 100_000)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._is_refused = False
        self._asked_at = self._developer_at = float("-inf")

    def open(self) -> None:
        """Connect; comes back by itself from then on."""
        self._session.connect()

    async def close(self) -> None:
        """Leave."""
        await self._session.close(0.2)

    @property
    def needs_developer_mode(self) -> bool:
        """Its last refused command said so, not long ago."""
        return time.monotonic() - self._developer_at < DEVELOPER_S

    async def ready(self, seconds: float = ANSWER_S) -> State:
        """The present state, once there is one. Raises `NeedsPerson` for a wrong code, `Unreachable`."""
        end = time.monotonic() + seconds
        while self.state is None or not self._session.is_connected:
            if self._is_refused:
                raise not_let_in(has_code=True)
            if time.monotonic() > end:
                raise unreachable("no state")
            if self._session.is_connected and time.monotonic() - self._asked_at > ASK_AGAIN_S:
                self._ask_for_all()  # its broker is up before the rest of a printer that was just switched on
            await self._changed(0.5)
        return self.state

    async def until(self, holds: Callable[[State], bool]) -> State:
        """The first state for which this holds; deadlines come from outside."""
        while True:
            if (state := await self.ready()) and holds(state):
                return state
            await self._changed(1.0)

    async def _changed(self, seconds: float) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def command(self, kind: str, command: str, **more: Any) -> dict[str, Any]:
        """Send, and wait for the answer. Raises `NeedsPerson` without Developer Mode, `Refused`, `Unreachable`."""
        await self.ready()
        number = str(next(self._numbers))
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({kind: {"sequence_id": number, "command": command, **more}})
        found: dict[str, Any] | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                found = await answer
        self._waiting.pop(number, None)
        if found is not None and str(found.get("result", "success")).lower() in {"success", ""}:
            self._developer_at = float("-inf")
            return found
        # its health message may be an old one, so it only explains what failed
        if (found or {}).get("err_code") == DEVELOPER_ERROR or self._merged.needs_developer_mode:
            self._developer_at = time.monotonic()
            raise no_developer_mode()
        if found is None:
            raise unreachable(f"{command}: no answer")
        raise refused(command, str(found.get("reason", ""))[:80])

    async def fresh(self) -> State:
        """A state that is surely from now: the full one where it may be asked for, else the deltas of a printer that
        just answered."""
        await self.ready()
        if self.serial.startswith(FULL_STATE) or time.monotonic() - self._asked_at > PUSHALL_S:
            self.state = None
            self._ask_for_all()
        else:
            await self.command("info", "get_version")
        return await self.ready()

    async def version(self) -> str:
        """Its firmware."""
        modules = (await self.command("info", "get_version")).get("module")
        for module in modules[:50] if isinstance(modules, list) else []:
            if isinstance(module, dict) and module.get("name") == "ota":
                return str(module.get("sw_ver", ""))[:40]
        return ""

    def _ask_for_all(self) -> None:
        self._asked_at = time.monotonic()
        self._send({"pushing": {"sequence_id": "0", "command": "pushall", "version": 1, "push_target": 1}})

    def _send(self, message: dict[str, Any]) -> None:
        self._session.publish(f"device/{self.serial}/request", json.dumps(message).encode())

    def _connected(self, _lost: bool) -> None:
        self._is_refused = False
        self._developer_at = float("-inf")
        if time.monotonic() - self._asked_at > RECONNECT_S or self.state is None:
            self._ask_for_all()
        self._tell()

    def _lost(self) -> None:
        self.state, self._merged = None, Merged()
        self._tell()

    def _refused(self, reason: str) -> None:
        self._is_refused = reason in NOT_US
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._on_news()

    def _heard(self, _topic: str, payload: bytes, ack: Ack) -> None:
        ack()
        if len(payload) > LONGEST:
            return
        try:
            message = json.loads(payload)
        except (ValueError, RecursionError):
            return
        for kind, body in message.items() if isinstance(message, dict) else ():
            if not isinstance(body, dict):
                continue
            if kind == "print" and body.get("command") == "push_status":
                self.state = self._merged.take(body) or self.state
                self._tell()
            elif (waiting := self._waiting.get(str(body.get("sequence_id")))) and not waiting.done():
                waiting.set_result(body)
