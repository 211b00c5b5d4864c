"""Tells agents which reports are stored; many in one message."""

import asyncio
from collections.abc import Callable

from medialab_wire.base import WireModel
from medialab_wire.commands import AckReports
from medialab_wire.reports import Report

PAUSE_S = 0.25
"""Acknowledgements of that long leave together."""
MOST_PER_MESSAGE = 500


class ReportAcks:
    """Collects on the event loop. A lost acknowledgement is harmless: the report is repeated and acknowledged again."""

    def __init__(self, ask: Callable[[str, WireModel], bool]) -> None:
        self._ask = ask
        self._reports: dict[str, dict[str, tuple[int, int]]] = {}
        self._inventories: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add_report(self, agent: str, report: Report) -> None:
        """This report, and every earlier one of its connection, is stored."""
        known = self._reports.setdefault(agent, {})
        known[report.dev] = max(known.get(report.dev, (0, 0)), (report.birth, report.seq))
        self._plan()

    def add_inventory(self, agent: str, version: str) -> None:
        """This inventory is stored."""
        self._inventories[agent] = version
        self._plan()

    def _plan(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE_S, self._send)

    def _send(self) -> None:
        self._timer = None
        reports, self._reports = self._reports, {}
        inventories, self._inventories = self._inventories, {}
        for agent in reports.keys() | inventories.keys():
            entries = list(reports.get(agent, {}).items())
            for start in range(0, max(1, len(entries)), MOST_PER_MESSAGE):
                part = dict(entries[start : start + MOST_PER_MESSAGE])
                self._ask(agent, AckReports(reports=part, inventory=inventories.get(agent)))
