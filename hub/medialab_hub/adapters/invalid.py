"""Records messages that cannot be used: each is logged and journaled, a flood of them only now and then."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from medialab_hub.clock import Clock
from medialab_hub.domain.events import Happened
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.session import Ack

log = logging.getLogger(__name__)

PAUSE_S = 10.0
"""Between two journal entries about one agent."""
MOST_SENDERS = 1000
SHORT = 120

Submit = Callable[[Callable[[UnitOfWork], Any]], Future[Any]]


class InvalidMessages:
    """Counts per sender; used on the event loop."""

    def __init__(self, submit: Submit, clock: Clock) -> None:
        self._submit = submit
        self._clock = clock
        self._last: dict[str, float] = {}
        self._hushed: dict[str, int] = {}

    def record(self, topic: str, size: int, reason: str, ack: Ack) -> None:
        """Write it down (or count it), then acknowledge: it would not get better by coming again."""
        sender = _sender(topic)
        now = self._clock.monotonic()
        if now - self._last.get(sender, -PAUSE_S) < PAUSE_S:
            self._hushed[sender] = self._hushed.get(sender, 0) + 1
            ack()
            return
        self._make_room()
        self._last[sender] = now
        hushed = self._hushed.pop(sender, 0)
        shown, why = _plain(topic), _plain(reason)
        log.warning("unusable message on %s (%d bytes, %d more before): %s", shown, size, hushed, why)

        def use_case(uow: UnitOfWork) -> None:
            uow.record(Happened.WIRE_INVALID, sender, topic=shown, size=size, reason=why, more=hushed)

        self._submit(use_case).add_done_callback(lambda _future: ack())

    def _make_room(self) -> None:
        if len(self._last) >= MOST_SENDERS:
            self._last.clear()
            self._hushed.clear()


def _sender(topic: str) -> str:
    levels = topic.split("/")
    return _plain(levels[3])[:64] if len(levels) > 3 else "nobody"


def _plain(text: str) -> str:
    """Printable and short, so that nothing in it can forge a line of the log."""
    return "".join(c if c.isprintable() else "?" for c in text[:SHORT])
