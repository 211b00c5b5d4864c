"""The agent's one SQLite file: one connection on one thread, waiting writes share a commit."""

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
_Job = tuple[Work[Any], Future[Any]]

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS executions (
  exec TEXT PRIMARY KEY, body TEXT NOT NULL, plan TEXT, report TEXT NOT NULL, used_s REAL NOT NULL DEFAULT 0,
  is_open INTEGER NOT NULL, is_acked INTEGER NOT NULL DEFAULT 0, arrived INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS executions_unacked ON executions (is_acked, arrived);
CREATE TABLE IF NOT EXISTS secrets (
  device TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (device, name)) WITHOUT ROWID;
"""


class Database:
    """Opens or makes the file (mode 0600; WAL; synchronous FULL, so that a commit survives a power cut)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._path = path
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="journal", daemon=True)
        self._thread.start()
        opened.result()

    def submit(self, work: Work[T]) -> "Future[T]":
        """Queue a piece of work; its future is done when the commit that contains it is on disk."""
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return future

    async def write(self, work: Work[T]) -> T:
        """The same, awaited; a cancelled waiter does not undo the work."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(work)))

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self, opened: "Future[None]") -> None:
        try:
            connection = self._open()
        except sqlite3.Error as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        while (batch := self._next_batch()) is not None:
            self._commit(connection, batch)
        connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(SCHEMA)
        return connection

    def _next_batch(self) -> list[_Job] | None:
        job = self._jobs.get()
        batch: list[_Job] = []
        while job is not None:
            batch.append(job)
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            self._jobs.put(None)
        return batch or None

    def _commit(self, connection: sqlite3.Connection, batch: list[_Job]) -> None:
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work, future in batch:
                results.append((future, *_attempt(connection, work)))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            results = [(future, None, error) for _, future in batch]
        for future, result, error_ in results:
            if error_ is None:
                future.set_result(result)
            else:
                future.set_exception(error_)


def _attempt(connection: sqlite3.Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    """Run one piece of work on its own; its failure takes back nothing but itself."""
    connection.execute("SAVEPOINT one")
    try:
        result = work(connection)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for this piece of work
        connection.execute("ROLLBACK TO one")
        return None, error
    finally:
        connection.execute("RELEASE one")
    return result, None
