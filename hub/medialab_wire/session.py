"""The one MQTT session both sides use: paho on a thread of its own, bridged to one asyncio loop."""

import asyncio
import contextlib
import functools
import logging
import random
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from medialab_wire.outgoing import OutQueue, Publication

log = logging.getLogger(__name__)

CONNECT_DEADLINE_S = 5.0
"""Seconds for the TCP connection, and again for the broker's acknowledgement."""
SUBSCRIBE_DEADLINE_S = 20.0
"""Seconds from the TCP connection until our subscriptions stand; a broker that forgets them would leave us deaf."""
FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 2.0
"""Retries wait a random time below a bound that doubles from the first to the longest of these."""
IN_FLIGHT = 100
"""Publications handed to paho and not yet acknowledged; all others wait in the bounded queue."""

Ack = Callable[[], None]
"""Acknowledge one message; safe from any thread, harmless twice or after its connection is gone."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is and who we are. `url` is `mqtt://host:port` or `mqtts://host:port`."""

    url: str
    client_id: str
    username: str | None = None
    password: str | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    context: ssl.SSLContext | None = None
    """Used instead of the three files, for a broker whose certificate is checked in a way of its own."""
    clean: bool = False
    """Ask the broker to remember nothing of us between two connections."""
    keepalive_s: int = 15
    max_queued: int = 10_000
    """Publications that may wait for the broker; retained ones are coalesced per topic."""
    max_unacked: int = 1_000
    """Received and not yet acknowledged messages; above that nothing more is read."""


@dataclass(frozen=True)
class Handlers:
    """What the owner of a session wants to hear; all are called on the event loop and must not block or raise.

    `on_connected(session_lost)`: subscriptions stand; True when the broker had forgotten this client.
    `will` is asked before each connection, so that a will can carry the number of its birth."""

    on_message: Callable[[str, bytes, Ack], None]
    on_connected: Callable[[bool], None] = lambda _lost: None
    on_disconnected: Callable[[], None] = lambda: None
    on_refused: Callable[[str], None] = lambda _reason: None
    """The broker said no to us, such as for a wrong password; it is asked again all the same."""
    will: Callable[[], Publication] | None = None
    """Called on the network thread."""


class Session:
    """A persistent MQTT 3.1.1 session (ADR 0008): reconnects by itself with jitter, acknowledges only when told.

    An acknowledgement belongs to the connection its message came by; a later one ignores it and the broker
    delivers again. Only the network thread touches paho: it runs everything below `_run`."""

    def __init__(self, broker: Broker, subscriptions: Sequence[str], handlers: Handlers) -> None:
        self._broker, self._subscriptions, self._handlers = broker, tuple(subscriptions), handlers
        self._client = self._make_client()
        self._outgoing = OutQueue(broker.max_queued)
        self._acks: deque[tuple[int, int, int]] = deque()
        self._inbox: deque[tuple[str, bytes, Ack]] = deque()
        self._drain_scheduled = threading.Event()
        self._connection = 0
        self._connected = self._session_lost = False
        self._in_flight = self._unacked = 0
        self._closing = self._dropping = False
        self._drain_until = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._wake_read, self._wake_write = socket.socketpair()
        for end in (self._wake_read, self._wake_write):
            end.setblocking(False)

    @property
    def is_connected(self) -> bool:
        """True while the broker has accepted us and our subscriptions."""
        return self._connected

    def connect(self) -> None:
        """Start the network thread; call it on the event loop, once. Returns at once."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"mqtt-{self._broker.client_id}", daemon=True)
        self._thread.start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Queue one message; never blocks, safe from any thread. False when the queue is full."""
        accepted = self._outgoing.put(Publication(topic, payload, retain))
        self._wake()
        return accepted

    def drop(self) -> None:
        """End this connection (without the will) and connect again: what was not acknowledged comes again."""
        self._dropping = True
        self._wake()

    async def close(self, drain_s: float = 1.0) -> None:
        """Send what is queued for at most that long, say goodbye (no will), end the thread."""
        self._drain_until = time.monotonic() + drain_s
        self._closing = True
        self._wake()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self._wake_read.close()
        self._wake_write.close()

    def _make_client(self) -> paho.Client:
        broker = self._broker
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=broker.clean,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_DEADLINE_S
        client.max_inflight_messages_set(IN_FLIGHT)
        client.max_queued_messages_set(2 * IN_FLIGHT)
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.context is not None:
            client.tls_set_context(broker.context)
        elif urlsplit(broker.url).scheme == "mqtts":
            ca, cert, key = (None if path is None else str(path) for path in (broker.ca, broker.cert, broker.key))
            client.tls_set(ca_certs=ca, certfile=cert, keyfile=key)
        client.on_socket_open = _send_at_once
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        return client

    def _run(self) -> None:
        bound = FIRST_RETRY_S
        while not self._closing:
            was = self._connection
            try:
                self._open()
                self._pump()
            except Exception as error:  # noqa: BLE001 - sockets, TLS and paho raise widely; the answer is the same
                log.debug("mqtt %s: %r", self._broker.url, error)
            self._lost()
            bound = FIRST_RETRY_S if self._connection != was else min(LONGEST_RETRY_S, bound * 2)
            if not self._closing:
                self._rest(random.uniform(0, bound))  # noqa: S311 - jitter, not a secret

    def _open(self) -> None:
        self._dropping = False
        if self._handlers.will is not None:
            will = self._handlers.will()
            self._client.will_set(will.topic, will.payload, 1, will.retain)
        address = urlsplit(self._broker.url)
        port = address.port or (8883 if address.scheme == "mqtts" else 1883)
        self._client.connect(address.hostname or "localhost", port, self._broker.keepalive_s)

    def _pump(self) -> None:
        opened = time.monotonic()
        while (sock := self._client.socket()) is not None:
            self._select(sock)
            self._client.loop_misc()
            if self._client.is_connected():  # a backlog may come before the subscription stands, and must be worked off
                self._send_acks()
            elif time.monotonic() - opened > CONNECT_DEADLINE_S:
                return
            if not self._connected and time.monotonic() - opened > SUBSCRIBE_DEADLINE_S:
                return
            if self._connected:
                self._send_queued()
            if self._dropping or (self._closing and self._is_drained()):
                self._client.disconnect()
                return

    def _select(self, sock: Any) -> None:
        is_full = self._unacked + len(self._inbox) >= self._broker.max_unacked
        has_bytes = not is_full and bool(getattr(sock, "pending", int)())  # TLS keeps decrypted bytes select cannot see
        reads = [self._wake_read] if is_full else [self._wake_read, sock]
        timeout = 0.0 if has_bytes else (0.05 if self._closing or is_full else 1.0)
        readable, writable, _ = select.select(reads, [sock] if self._client.want_write() else [], [], timeout)
        if self._wake_read in readable:
            self._wake_read.recv(4096)
        if writable:
            self._client.loop_write()
        if (sock in readable or has_bytes) and self._client.socket() is not None:
            self._client.loop_read()

    def _send_acks(self) -> None:
        while self._acks:
            connection, mid, qos = self._acks.popleft()
            if connection == self._connection:
                self._unacked -= 1
                self._client.ack(mid, qos)

    def _send_queued(self) -> None:
        while self._in_flight < IN_FLIGHT and (item := self._outgoing.take()) is not None:
            self._in_flight += 1
            self._client.publish(item.topic, item.payload, 1, item.retain)

    def _is_drained(self) -> bool:
        is_empty = not self._outgoing and not self._in_flight and not self._acks and not self._client.want_write()
        return is_empty or not self._connected or time.monotonic() >= self._drain_until

    def _lost(self) -> None:
        if (sock := self._client.socket()) is not None:
            with contextlib.suppress(OSError):
                sock.close()
        self._unacked = 0
        was_connected, self._connected = self._connected, False
        if was_connected:
            self._call(self._handlers.on_disconnected)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            if select.select([self._wake_read], [], [], left)[0]:
                self._wake_read.recv(4096)

    def _on_connect(self, client: paho.Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.warning("mqtt %s refuses %s: %s", self._broker.url, self._broker.client_id, reason)
            self._call(self._handlers.on_refused, str(reason))
            client.disconnect()
            return
        self._connection += 1
        self._session_lost = not flags.session_present
        if self._subscriptions:
            client.subscribe([(topic, 1) for topic in self._subscriptions])
        if flags.session_present or not self._subscriptions:
            self._stand()  # a kept session has its subscriptions, and its backlog comes before they are confirmed again

    def _on_subscribe(self, _client: paho.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            log.error("mqtt %s does not let %s listen", self._broker.url, self._broker.client_id)
        if not self._connected:
            self._stand()

    def _stand(self) -> None:
        self._connected = True
        self._call(self._handlers.on_connected, self._session_lost)

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self._unacked += message.qos > 0
        once = [(self._connection, message.mid, message.qos)] if message.qos else []
        self._inbox.append((message.topic, bytes(message.payload), functools.partial(self._ack, once)))
        if not self._drain_scheduled.is_set():
            self._drain_scheduled.set()
            self._call(self._drain_inbox)

    def _on_publish(self, _client: paho.Client, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:
        self._in_flight -= 1

    def _drain_inbox(self) -> None:
        self._drain_scheduled.clear()
        while self._inbox:
            self._handlers.on_message(*self._inbox.popleft())

    def _ack(self, once: list[tuple[int, int, int]]) -> None:
        with contextlib.suppress(IndexError):  # a second call must not acknowledge a later message of the same number
            self._acks.append(once.pop())
            self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: a wake-up is under way; closed: nobody sleeps any more
            self._wake_write.send(b".")

    def _call(self, function: Callable[..., None], *args: object) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program is ending
            self._loop.call_soon_threadsafe(function, *args)


def _send_at_once(_client: paho.Client, _data: Any, sock: Any) -> None:
    """Else the kernel keeps a short message until the one before is confirmed, which may take 40 ms (RFC 896, 1122)."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
