"""What ingest remembers of each connection and execution, to tell a volatile change from one worth storing."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from medialab_hub.services.reports import Reading, Taken
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Event, Presence, Report

MOST_EXECUTIONS = 2000
MOST_AGENTS = 2000

Key = tuple[str, str]


@dataclass(slots=True)
class KnownConnection:
    """The last stored report of a connection: its number, and a digest of everything that is not volatile."""

    connection: str
    device: str
    order: tuple[int, int]
    digest: bytes
    is_present: bool


@dataclass(slots=True)
class _KnownExecution:
    ver: int
    digest: bytes
    device: str


class WireMemory:
    """Holds nothing the database does not have, but the latest volatile values; used on the event loop."""

    def __init__(self) -> None:
        self._known: dict[Key, KnownConnection] = {}
        self._keys: dict[str, Key] = {}
        self._under_way: dict[Key, int] = {}
        self._readings: dict[str, Reading] = {}
        self._executions: OrderedDict[Key, _KnownExecution] = OrderedDict()
        self._events: OrderedDict[str, tuple[str, int]] = OrderedDict()

    # --- reports ----------------------------------------------------------------------------------------------

    def volatile_only(self, agent: str, report: Report, digest: bytes) -> KnownConnection | None:
        """The connection, when nothing but volatile values changed and nothing of it waits to be stored."""
        key = (agent, report.dev)
        known = self._known.get(key)
        if known is None or key in self._under_way or (report.birth, report.seq) <= known.order:
            return None
        return known if known.digest == digest else None

    def keep_volatile(self, known: KnownConnection, report: Report, at: datetime) -> None:
        """These values are to be stored with the next snapshot."""
        known.order = (report.birth, report.seq)
        seen = at if report.presence is Presence.PRESENT else None
        self._readings[known.connection] = Reading(dict(report.volatile), report.birth, report.seq, seen)

    def begin(self, agent: str, report: Report) -> None:
        """This report waits to be stored; until then every other one of the connection takes the same way."""
        key = (agent, report.dev)
        self._under_way[key] = self._under_way.get(key, 0) + 1

    def end(self, agent: str, report: Report, digest: bytes, taken: Taken | None) -> None:
        """It is stored, or was not news (None)."""
        key = (agent, report.dev)
        left = self._under_way[key] - 1
        if left:
            self._under_way[key] = left
        else:
            del self._under_way[key]
        if taken is None:
            return
        order = (report.birth, report.seq)
        is_present = report.presence is Presence.PRESENT
        self._known[key] = KnownConnection(taken.connection, taken.device, order, digest, is_present)
        self._keys[taken.connection] = key
        self._readings.pop(taken.connection, None)

    def forget(self, connection: str) -> None:
        """The hub decided something about this connection."""
        key = self._keys.pop(connection, None)
        if key is not None:
            self._known.pop(key, None)

    def take_readings(self) -> dict[str, Reading]:
        """Volatile values that were not stored yet, by connection; they are handed out once."""
        readings, self._readings = self._readings, {}
        return readings

    # --- executions -------------------------------------------------------------------------------------------

    def progress_only(self, agent: str, report: ExecutionReport) -> str | None:
        """The device, when only the progress of a step changed."""
        known = self._executions.get((agent, report.exec))
        if known is None or report.ver <= known.ver or known.digest != _execution_digest(report):
            return None
        known.ver = report.ver
        return known.device

    def keep_execution(self, agent: str, report: ExecutionReport, device: str | None) -> None:
        """This report is stored; None: it was not news."""
        key = (agent, report.exec)
        if report.status.is_terminal or device is None:
            self._executions.pop(key, None)
            return
        self._executions[key] = _KnownExecution(report.ver, _execution_digest(report), device)
        if len(self._executions) > MOST_EXECUTIONS:
            self._executions.popitem(last=False)

    # --- events -----------------------------------------------------------------------------------------------

    def has_gap(self, agent: str, event: Event) -> bool:
        """True when events of this boot are missing before this one."""
        boot, last = self._events.pop(agent, (event.boot, event.seq - 1))
        self._events[agent] = (event.boot, max(event.seq, last) if boot == event.boot else event.seq)
        if len(self._events) > MOST_AGENTS:
            self._events.popitem(last=False)
        return boot == event.boot and event.seq > last + 1


def digest_of(report: Report) -> bytes:
    """Of everything in a report that is not volatile."""
    text = report.model_dump_json(exclude={"birth", "seq", "volatile"})
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _execution_digest(report: ExecutionReport) -> bytes:
    steps = [step.model_copy(update={"progress": None}) for step in report.steps]
    text = report.model_copy(update={"ver": 0, "steps": tuple(steps)}).model_dump_json()
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
