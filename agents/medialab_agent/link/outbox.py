"""What the hub has yet to confirm: the last word per topic, sent at once and again until it is acknowledged."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from medialab_wire import topics
from medialab_wire.commands import AckReports
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Inventory, Report

log = logging.getLogger(__name__)

FIRST_REPEAT_S, LONGEST_REPEAT_S = 5.0, 60.0
"""Seconds until something unacknowledged is sent again; doubles each time."""
REPORT_REST_S = 1.0
"""Seconds between two reports of one connection; what changes meanwhile travels with the next. One that says more than
volatile values goes at once, unless the last such one did so within the rest."""
LARGEST = 1_000_000
"""Bytes of one message; more would make a broker cut the line again and again."""

Send = Callable[[str, bytes, bool], bool]
"""Topic, payload, retained; False when the line takes no more now."""


@dataclass
class _Entry:
    """One topic's last word. `due` is monotonic seconds; None: acknowledged."""

    encode: Callable[[], bytes]
    retain: bool
    version: tuple[int, ...] = ()
    due: float | None = 0.0
    repeat_s: float = FIRST_REPEAT_S
    sent_at: float = field(default=-REPORT_REST_S)
    key: str = ""


def _lasting(report: Report) -> Report:
    """Without what changes by itself."""
    return report.model_copy(update={"seq": 0, "volatile": {}})


class Outbox:
    """Bounded by what exists: one entry per connection and per unfinished execution, whatever happens in between.

    Times are monotonic seconds, given by the caller."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._birth = 0
        self._reports: dict[str, Report] = {}
        self._entries: dict[str, _Entry] = {}
        self._hurried: dict[str, float] = {}

    def report(self, report: Report, now: float) -> None:
        """A connection's new state; its sequence number is given here."""
        before = self._reports.get(report.dev)
        numbered = report.model_copy(update={"seq": before.seq + 1 if before else 1})
        self._reports[report.dev] = numbered
        known = self._entries.get(topics.report(self._agent, report.dev))
        sent_at = known.sent_at if known is not None else -REPORT_REST_S
        due = now if self._may_hurry(before, numbered, now) else max(now, sent_at + REPORT_REST_S)
        if known is not None and known.due is not None:
            due = min(due, max(now, known.due))
        self._state_report(report.dev, due, sent_at)

    def _may_hurry(self, before: Report | None, report: Report, now: float) -> bool:
        """What people wait for, such as who a device is, does not rest; but no more than once a rest."""
        if before is None:
            return True
        if _lasting(before) == _lasting(report) or now < self._hurried.get(report.dev, -REPORT_REST_S) + REPORT_REST_S:
            return False
        self._hurried[report.dev] = now
        return True

    def execution(self, report: ExecutionReport, now: float) -> None:
        """An execution's new state."""
        topic = topics.execution(self._agent, report.exec)
        known = self._entries.get(topic)
        if known is not None and known.version > (report.ver,):
            return
        self._entries[topic] = _Entry(report.encode, False, (report.ver,), now, key=report.exec)

    def inventory(self, inventory: Inventory, now: float) -> None:
        """The agent's new inventory."""
        self._entries[topics.inventory(self._agent)] = _Entry(inventory.encode, True, due=now, key=inventory.version)

    def born(self, birth: int, now: float, *, is_forgotten: bool) -> None:
        """A new connection to the broker. When it had forgotten us, everything is sent again."""
        self._birth = birth
        if is_forgotten:
            self.restate(now)
        for entry in self._entries.values():
            if entry.due is not None:
                entry.due, entry.repeat_s = now, FIRST_REPEAT_S

    def restate(self, now: float) -> None:
        """Send everything again, acknowledged or not."""
        for dev in self._reports:
            self._state_report(dev, now)
        for entry in self._entries.values():
            entry.due, entry.repeat_s = now, FIRST_REPEAT_S

    def acknowledged(self, acks: AckReports) -> None:
        """The hub has stored these reports."""
        for dev, (birth, seq) in acks.reports.items():
            entry = self._entries.get(topics.report(self._agent, dev))
            if entry is not None and entry.version <= (birth, seq):
                entry.due = None
        entry = self._entries.get(topics.inventory(self._agent))
        if entry is not None and acks.inventory == entry.key:
            entry.due = None

    def acknowledged_executions(self, versions: dict[str, int]) -> None:
        """The hub has stored these versions; a later one is still sent."""
        for exec_id, version in versions.items():
            topic = topics.execution(self._agent, exec_id)
            entry = self._entries.get(topic)
            if entry is not None and entry.version <= (version,):
                del self._entries[topic]

    def flush(self, now: float, send: Send) -> float:
        """Send what is due; returns the seconds until something is due again, at most five."""
        for topic, entry in list(self._entries.items()):
            if entry.due is None or entry.due > now:
                continue
            payload = entry.encode()
            if len(payload) > LARGEST:
                log.error("%s is too large to be sent: %d bytes", topic, len(payload))
                entry.due = None
            elif not send(topic, payload, entry.retain):
                return 1.0
            else:
                entry.due, entry.sent_at = now + entry.repeat_s, now
                entry.repeat_s = min(LONGEST_REPEAT_S, 2 * entry.repeat_s)
        waiting = [entry.due - now for entry in self._entries.values() if entry.due is not None]
        return max(0.0, min([FIRST_REPEAT_S, *waiting]))

    def _state_report(self, dev: str, due: float, sent_at: float = -REPORT_REST_S) -> None:
        stamped = self._reports[dev].model_copy(update={"birth": self._birth})
        self._entries[topics.report(self._agent, dev)] = _Entry(
            stamped.encode, True, (stamped.birth, stamped.seq), due, sent_at=sent_at, key=dev
        )
