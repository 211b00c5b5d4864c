"""Somebody with a valid password who says rubbish, and the rubbish."""

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from medialab_wire.presence import HubState
from medialab_wire.session import Broker
from tests.fixtures import lab_words as say

HUGE = 50_000_000
PATIENCE_S = 5.0
"""Seconds a broker may take for one burst; what it refuses it may leave unanswered."""


def rubbish(seed: int = 8) -> Iterator[bytes]:
    """Payloads that are no message of this protocol; seeded, so that a failure can be repeated."""
    chance = random.Random(seed)
    valid = [
        say.report("t1").encode(),
        say.inventory("t1").encode(),
        say.ready().encode(),
        say.ended("j1", "t1").encode(),
        HubState(online=True, epoch="e", time="2026-11-23T08:00:00Z").encode(),
    ]
    for length in (1, 7, 64, 4096):
        yield chance.randbytes(length)
    for message in valid:
        yield message[: chance.randrange(1, len(message))]
        yield message + b"}"
        yield message.replace(b'"', b"'")
    yield from (b"null", b"[]", b"true", b'""', b"{}", b"{" * 50_000, b"[" * 100_000, b'{"a":' * 20_000)
    yield b'{"dev":"t1","exec":"j1","birth":NaN,"seq":NaN,"ver":NaN,"version":NaN}'
    yield from (b"NaN", b"Infinity", b"9" * 5_000, b'{"dev":{"dev":[]},"birth":"x","seq":[1],"online":7}')
    yield from (b'{"birth":1e400,"seq":-1}', b'{"dev":"../../x","exec":"#"}', b'{"dev":"\\ud800"}', b"\xef\xbb\xbf{}")
    yield b'{"kind":"log","level":"\\u0000"}' + b" " * 1000
    yield b'{"epoch":7,"version":[],"executions":{"a":1},"owned":[null],"choices":[]}'


@contextmanager
def villain(access: Broker) -> Iterator["Villain"]:
    """Connected with that password, until the end of the block."""
    one = Villain(access)
    try:
        yield one
    finally:
        one.leave()


class Villain:
    """A plain client. Where the password is somebody else's, they throw each other out; so each burst connects anew."""

    def __init__(self, access: Broker) -> None:
        self._access = access
        self._client = self._connected()

    def say(self, topics: Iterable[str], payloads: Iterable[bytes], *, retain: bool = False) -> int:
        """Publish everything on every topic; returns how many the broker took."""
        taken, said = 0, list(payloads)
        for topic in topics:
            taken += self._burst(topic, said, retain)
        return taken

    def leave(self) -> None:
        """Go without a word."""
        self._client.disconnect()
        self._client.loop_stop()

    def _burst(self, topic: str, payloads: list[bytes], retain: bool) -> int:
        if not self._client.is_connected():
            self.leave()
            self._client = self._connected()
        messages = [self._client.publish(topic, payload, 1, retain) for payload in payloads]
        taken, until = 0, time.monotonic() + PATIENCE_S
        for message in messages:
            try:
                message.wait_for_publish(max(0.01, until - time.monotonic()))
                taken += message.is_published()
            except (RuntimeError, ValueError):  # thrown out, or more than this client may queue
                continue
        return taken

    def _connected(self) -> paho.Client:
        address, _, port = self._access.url.removeprefix("mqtt://").partition(":")
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=self._access.client_id, clean_session=True)
        client.username_pw_set(self._access.username, self._access.password)
        client.connect(address, int(port))
        client.loop_start()
        return client
