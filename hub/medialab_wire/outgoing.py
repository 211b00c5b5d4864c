"""What waits to be sent: bounded, one entry per retained topic."""

import threading
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True)
class Publication:
    """One message to send, always with QoS 1; also the last will."""

    topic: str
    payload: bytes
    retain: bool = False


class OutQueue:
    """Bounded and safe between threads; a retained publication replaces a waiting one of the same topic."""

    def __init__(self, limit: int) -> None:
        self._items: OrderedDict[object, Publication] = OrderedDict()
        self._limit = limit
        self._lock = threading.Lock()

    def put(self, item: Publication) -> bool:
        """Add one; False when the queue is full."""
        slot: object = item.topic if item.retain else object()
        with self._lock:
            if slot not in self._items and len(self._items) >= self._limit:
                return False
            self._items[slot] = item
            return True

    def take(self) -> Publication | None:
        """The oldest one, removed; None when empty."""
        with self._lock:
            return self._items.popitem(last=False)[1] if self._items else None

    def __len__(self) -> int:
        return len(self._items)
