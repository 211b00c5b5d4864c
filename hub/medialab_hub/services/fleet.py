"""The fleet in memory: lists, filters, search and the news for the stream, without asking the database."""

import sys
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from medialab_hub.domain.device_status import DeviceStatus
from medialab_hub.domain.natural_order import natural_key
from medialab_hub.services.cursors import read_cursor, write_cursor
from medialab_hub.services.device_rows import battery_of, device_rows
from medialab_hub.services.nouns import NOUNS
from medialab_hub.services.projection import Changes, News
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import devices, journal
from medialab_hub.storage.chunks import CHUNK
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session

COLUMNS = (
    "id", "seq", "name", "kind", "status", "presence", "access", "adopted", "driver", "model", "asset_tag", "location",
    "station", "kit", "agent", "battery", "traces", "job", "progress", "step", "last_seen", "proven_at", "issues",
)  # fmt: skip
"""Fields of `DeviceRow`, in the order of a stored row."""

_AT = {name: index for index, name in enumerate(COLUMNS)}
_SHARED = ("kind", "status", "presence", "access", "driver", "model", "location", "station", "kit", "agent")
"""Few different values among many rows: kept once."""
_SEARCHED = ("name", "asset_tag", "model", "kind", "driver", "id")
REMEMBERED_QUERIES = 32

Line = tuple[Any, ...]


@dataclass(frozen=True)
class FleetEvent:
    """One piece of news: its stream event name, the id it is about, its JSON, and the fleet sequence it belongs to."""

    name: str
    subject: str
    data: bytes
    seq: int


@dataclass(frozen=True)
class FleetQuery:
    """Which devices a list shows. None: all. Retired ones are shown only when asked for by status."""

    text: str = ""
    status: str | None = None
    kind: str | None = None
    location: str | None = None
    station: str | None = None
    kit: str | None = None
    adopted: bool | None = None


@dataclass(frozen=True)
class FleetPage:
    """Encoded rows, how many there are in all, and the cursor of the next page."""

    items: list[bytes]
    total: int
    after: str | None
    seq: int


class FleetIndex:
    """Lives on the event loop; everything here runs there."""

    def __init__(self, nouns: Sequence[Noun] = NOUNS) -> None:
        self.seq = 0
        self.listeners: list[Callable[[FleetEvent], None]] = []
        self._lines: dict[str, Line] = {}
        self._order: list[tuple[str, str]] = []
        self._texts: dict[str, str] = {}
        self._encoded: dict[str, bytes] = {}
        self._volatile: dict[str, dict[str, Any]] = {}
        self._queries: dict[FleetQuery, list[tuple[str, str]]] = {}
        self._snapshot: bytes | None = None
        self._kept: dict[str, dict[str, Row]] = {noun.name: {} for noun in nouns if noun.every is not None}

    # --- filling ----------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, session: Session, now: datetime, nouns: Sequence[Noun] = NOUNS) -> "FleetIndex":
        """Built from the database."""
        index = cls(nouns)
        index.seq = journal.last_seq(session)
        ids = list(devices.all_ids(session))
        for start in range(0, len(ids), CHUNK):
            for row in device_rows(session, ids[start : start + CHUNK], now):
                index._put(row)
            session.expunge_all()
        index._order.sort()
        for noun in nouns:
            if noun.every is not None:
                index._kept[noun.name] = {row["id"]: row for row in noun.every(session)}
        return index

    def apply(self, changes: Changes) -> None:
        """Take over the news of a commit and tell the listeners, in the order a reader needs."""
        self.seq = max(self.seq, changes.seq)
        self._settle_overlays(changes)
        for row in changes.devices:
            self._replace(row)
            self._tell("device", row["id"], self.encoded(row["id"]))
        for key in changes.gone:
            self._volatile.pop(key, None)
            if self._drop(key):
                self._tell("device_gone", key, orjson.dumps({"id": key}))
        for piece in changes.news:
            self._pass_on(piece)

    def _settle_overlays(self, changes: Changes) -> None:
        for key in changes.reported:
            self._volatile.pop(key, None)
        for key in changes.worked_on:
            self._volatile.get(key, {}).pop("progress", None)

    def _pass_on(self, piece: News) -> None:
        kept, row = self._kept.get(piece.event), piece.row
        if row is None:
            last = {"id": piece.id} if kept is None else kept.pop(piece.id, None)
            if last is None:  # came and went within one commit: nobody has heard of it
                return
            row = {**last, "gone": True}
        elif kept is not None:
            kept[piece.id] = row
        self._tell(piece.event, piece.id, orjson.dumps(row))

    def _tell(self, name: str, subject: str, data: bytes) -> None:
        event = FleetEvent(name, subject, data, self.seq)
        for listener in self.listeners:
            listener(event)

    def _put(self, row: Row) -> None:
        self._write(row)
        self._order.append((natural_key(row["name"]), row["id"]))

    def _write(self, row: Row) -> None:
        key = row["id"]
        values = {**row, **self._volatile.get(key, {})}
        for name in _SHARED:
            if values[name] is not None:
                values[name] = sys.intern(values[name])
        self._lines[key] = tuple(values[name] for name in COLUMNS)
        self._texts[key] = "\n".join(str(row[name]) for name in _SEARCHED if row[name]).casefold()

    def _replace(self, row: Row) -> None:
        line = self._lines.get(row["id"])
        if line is not None and line[_AT["name"]] == row["name"]:  # it keeps its place, as nearly always
            self._forget_answers(row["id"])
            self._write(row)
            return
        self._drop(row["id"])
        self._put(row)
        insort(self._order, self._order.pop())

    def _drop(self, key: str) -> bool:
        line = self._lines.pop(key, None)
        self._forget_answers(key)
        if line is None:
            return False
        place = (natural_key(line[_AT["name"]]), key)
        del self._order[bisect_left(self._order, place)]
        self._texts.pop(key, None)
        return True

    def _forget_answers(self, key: str) -> None:
        self._stale(key)
        self._queries.clear()

    def _stale(self, key: str) -> None:
        self._encoded.pop(key, None)
        self._snapshot = None

    # --- volatile values --------------------------------------------------------------------------------------

    def take_volatile(self, device: str, volatile: Mapping[str, Any], seen: datetime | None) -> None:
        """Values that change by themselves: shown and told at once, stored later by somebody else."""
        self._overlay(device, {"battery": battery_of(dict(volatile)), "last_seen": stamp(seen)})

    def take_progress(self, device: str, progress: float | None) -> None:
        """How far the live job is."""
        self._overlay(device, {"progress": progress})

    def _overlay(self, device: str, values: dict[str, Any]) -> None:
        line = self._lines.get(device)
        if line is None:
            return
        overlay = self._volatile.setdefault(device, {})
        overlay.update({name: value for name, value in values.items() if value is not None})
        self._lines[device] = tuple(overlay.get(name, value) for name, value in zip(COLUMNS, line, strict=True))
        self._stale(device)
        self._tell("device", device, self.encoded(device))

    # --- reading ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._lines)

    def row(self, device: str) -> Row | None:
        """One row as a dict."""
        line = self._lines.get(device)
        return None if line is None else dict(zip(COLUMNS, line, strict=True))

    def counts(self) -> dict[str, int]:
        """How many devices have each status."""
        return Counter(line[_AT["status"]] for line in self._lines.values())

    def statuses_by_kit(self) -> dict[str, Counter[DeviceStatus]]:
        """For each kit with devices in it: how many of them have each status."""
        kit, status = _AT["kit"], _AT["status"]
        found: dict[str, Counter[DeviceStatus]] = {}
        for line in self._lines.values():
            if line[kit] is not None:
                found.setdefault(line[kit], Counter())[DeviceStatus(line[status])] += 1
        return found

    def ids(self) -> list[str]:
        """Every device."""
        return list(self._lines)

    def encoded(self, device: str) -> bytes:
        """One row as JSON. Raises KeyError."""
        if (data := self._encoded.get(device)) is None:
            line = self._lines[device]
            # orjson hands over a buffer of kilobytes with a short text in it; a copy is as long as the text.
            data = bytes(memoryview(orjson.dumps(dict(zip(COLUMNS, line, strict=True)))))
            self._encoded[device] = data
        return data

    def every(self, noun: Noun) -> list[Row]:
        """All rows of a noun that is kept, in its order. Raises KeyError for others."""
        return sorted(self._kept[noun.name].values(), key=noun.order)

    def page(self, query: FleetQuery, after: str | None = None, limit: int = 50) -> FleetPage:
        """One page by (natural name, id). Raises `HubError` for a cursor that is none."""
        found = self._found(query)
        start = 0 if after is None else bisect_right(found, read_cursor(after))
        part = found[start : start + limit]
        more = write_cursor(part[-1]) if part and start + limit < len(found) else None
        return FleetPage([self.encoded(key) for _, key in part], len(found), more, self.seq)

    def _found(self, query: FleetQuery) -> list[tuple[str, str]]:
        if (known := self._queries.get(query)) is None:
            if len(self._queries) >= REMEMBERED_QUERIES:
                self._queries.clear()
            matches = _matcher(query)
            known = self._queries[query] = [
                place for place in self._order if matches(self._lines[place[1]], self._texts[place[1]])
            ]
        return known

    def snapshot(self) -> bytes:
        """The whole fleet as `{"seq", "columns", "rows"}`; encoded once per change."""
        if self._snapshot is None:
            rows = [self._lines[key] for _, key in self._order]
            self._snapshot = orjson.dumps({"seq": self.seq, "columns": COLUMNS, "rows": rows})
        return self._snapshot


def _matcher(query: FleetQuery) -> Callable[[Line, str], bool]:
    wanted = [
        (_AT[name], value)
        for name in ("status", "kind", "location", "station", "kit", "adopted")
        if (value := getattr(query, name)) is not None
    ]
    words = query.text.casefold().split()
    status = _AT["status"]
    hides_retired = query.status is None

    def matches(line: Line, text: str) -> bool:
        if hides_retired and line[status] == "retired":
            return False
        return all(line[at] == value for at, value in wanted) and all(word in text for word in words)

    return matches
