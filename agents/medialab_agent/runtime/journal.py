"""What the agent must not forget: executions with plan and steps, the birth counter, its configuration."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medialab_agent.runtime.database import Database
from medialab_agent.sdk.steps import Step
from medialab_wire.commands import Config, Execution
from medialab_wire.progress import ExecutionReport
from medialab_wire.texts import Text

KEPT = 1_000
"""Finished and acknowledged executions kept, so that a late repetition of their order has no second effect."""


@dataclass(frozen=True)
class Record:
    """One execution as journaled. `plan` is None until it was made; `used_s` is the working time so far, seconds."""

    execution: Execution
    report: ExecutionReport
    plan: tuple[Step, ...] | None = None
    used_s: float = 0.0


class Journal:
    """Every write is on disk when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_birth(self) -> int:
        """Count one more connection to the broker; blocks for one commit, safe from any thread."""
        return self._database.submit(_count_birth).result()

    async def admit(self, records: Sequence[Record]) -> tuple[str, ...]:
        """Journal those that are new; returns their ids. A known id is left alone, whatever it carries."""
        return await self._database.write(lambda connection: _admit(connection, records))

    async def save(self, record: Record) -> None:
        """Replace what is known about one execution."""
        await self._database.write(lambda connection: _save(connection, record))

    async def acknowledged(self, versions: Mapping[str, int]) -> tuple[str, ...]:
        """The hub has stored these report versions; returns the finished executions it knows completely now."""
        return await self._database.write(lambda connection: _acknowledge(connection, versions))

    async def open_records(self) -> tuple[Record, ...]:
        """Executions that are not finished, oldest first."""
        return await self._database.write(lambda c: _select(c, "is_open = 1"))

    async def unacked(self) -> tuple[ExecutionReport, ...]:
        """Last reports of finished executions that the hub has not acknowledged."""
        return tuple(r.report for r in await self._database.write(lambda c: _select(c, "is_open = 0 AND is_acked = 0")))

    async def report_of(self, exec_id: str) -> ExecutionReport | None:
        """The last journaled report of one execution."""
        found = await self._database.write(lambda c: _select(c, "exec = ?", exec_id))
        return found[0].report if found else None

    async def keep_config(self, config: Config) -> None:
        """Remember the configuration for the next start."""
        await self._database.write(lambda c: _note(c, "config", config.model_dump_json()))

    async def config(self) -> Config | None:
        """The last configuration, if there ever was one."""
        text = await self._database.write(lambda c: _noted(c, "config"))
        return Config.model_validate_json(text) if text is not None else None


def _count_birth(connection: sqlite3.Connection) -> int:
    birth = int(_noted(connection, "birth") or 0) + 1
    _note(connection, "birth", str(birth))
    return birth


def _note(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))


def _noted(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _admit(connection: sqlite3.Connection, records: Sequence[Record]) -> tuple[str, ...]:
    new = []
    for record in records:
        done = connection.execute(
            "INSERT OR IGNORE INTO executions (exec, body, plan, report, used_s, is_open, arrived)"
            " VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(arrived), 0) + 1 FROM executions))",
            (
                record.execution.exec,
                record.execution.model_dump_json(),
                *_columns(record),
            ),
        )
        if done.rowcount:
            new.append(record.execution.exec)
    return tuple(new)


def _save(connection: sqlite3.Connection, record: Record) -> None:
    connection.execute(
        "UPDATE executions SET plan = ?, report = ?, used_s = ?, is_open = ?, is_acked = 0 WHERE exec = ?",
        (*_columns(record), record.execution.exec),
    )


def _columns(record: Record) -> tuple[str | None, str, float, bool]:
    plan = None if record.plan is None else json.dumps([_plain(step) for step in record.plan])
    return plan, record.report.model_dump_json(), record.used_s, not record.report.status.is_terminal


def _acknowledge(connection: sqlite3.Connection, versions: Mapping[str, int]) -> tuple[str, ...]:
    known = []
    for exec_id, version in versions.items():
        rows = _select(connection, "exec = ? AND is_open = 0 AND is_acked = 0", exec_id)
        if rows and rows[0].report.ver <= version:
            connection.execute("UPDATE executions SET is_acked = 1 WHERE exec = ?", (exec_id,))
            known.append(exec_id)
    if known:
        connection.execute(
            "DELETE FROM executions WHERE is_acked = 1 AND arrived <="
            " (SELECT arrived FROM executions WHERE is_acked = 1 ORDER BY arrived DESC LIMIT 1 OFFSET ?)",
            (KEPT,),
        )
    return tuple(known)


def _select(connection: sqlite3.Connection, condition: str, *values: str) -> tuple[Record, ...]:
    rows = connection.execute(
        f"SELECT body, report, plan, used_s FROM executions WHERE {condition} ORDER BY arrived",  # noqa: S608 - constants
        values,
    )
    return tuple(_record(*row) for row in rows)


def _record(body: str, report: str, plan: str | None, used_s: float) -> Record:
    return Record(
        Execution.model_validate_json(body),
        ExecutionReport.model_validate_json(report),
        None if plan is None else tuple(_step(item) for item in json.loads(plan)),
        used_s,
    )


def _plain(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title.model_dump(),
        "ask": step.ask.model_dump() if step.ask else None,
        "check": step.check,
        "deadline_s": step.deadline_s,
        "params": dict(step.params),
    }


def _step(item: dict[str, Any]) -> Step:
    ask = item["ask"]
    title = Text.model_validate(item["title"])
    return Step(**{**item, "title": title, "ask": Text.model_validate(ask) if ask else None})
