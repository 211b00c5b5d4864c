"""Opens SQLite or PostgreSQL: one writer engine, one engine that only reads."""

import fcntl
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from medialab_hub.errors import Unavailable
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Database:
    """Both engines of one database. Only the writer thread uses `writer`, and on SQLite only it checkpoints."""

    writer: Engine
    reader: Engine
    lock: int | None = None

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded default."""
        return self.writer.dialect.name == "sqlite"

    def close(self) -> None:
        """Close all connections and give the writer lock back."""
        self.reader.dispose()
        self.writer.dispose()
        if self.lock is not None:
            os.close(self.lock)


def open_database(url: str) -> Database:
    """Open by SQLAlchemy URL (`sqlite:///path`, `postgresql+psycopg://…`).

    Raises `Unavailable` for a second hub on one SQLite file; on PostgreSQL, who starts hubs must see to that."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    return Database(engine, engine)


def _open_sqlite(url: str) -> Database:
    name = make_url(url).database
    if not name:
        raise ValueError("the embedded database needs a file")
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _take_writer_lock(path)
    writer = create_engine(url, poolclass=StaticPool, hide_parameters=True, connect_args=_SQLITE)
    event.listen(writer, "connect", _prepare_writer)
    event.listen(writer, "begin", _begin_immediate)
    reader = create_engine(url, pool_size=2, hide_parameters=True, connect_args=_SQLITE)
    event.listen(reader, "connect", _prepare_reader)
    return Database(writer, reader, lock)


def _take_writer_lock(path: Path) -> int:
    # Two writers can corrupt the log of SQLite 3.7.0 to 3.51.2 (https://sqlite.org/wal.html#walresetbug).
    descriptor = os.open(path.with_suffix(path.suffix + ".writer"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise Unavailable(
            "database-in-use",
            Text(de="Ein anderer Hub benutzt diese Datenbank.", en="Another hub uses this database."),
            Text(de="Den anderen Hub zuerst beenden.", en="Stop the other hub first."),
            str(path),
        ) from error
    return descriptor


_BUSY_S = 5
_SQLITE = {"check_same_thread": False, "timeout": _BUSY_S}
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON")


def _prepare_writer(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver must not begin transactions by itself; _begin_immediate does
    for pragma in _PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.connection.cursor().execute("BEGIN IMMEDIATE")  # past SQLAlchemy, which would cost ten times as much


def _prepare_reader(raw: Any, _record: Any) -> None:
    raw.execute("PRAGMA query_only=ON")


def set_durability(database: Database, durable: bool) -> None:
    """Outside a transaction: the next one survives a power cut (True) or at least a crash of the process (False)."""
    if database.is_sqlite:
        raw = database.writer.raw_connection()
        try:
            raw.cursor().execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        finally:
            raw.close()


def empty_log(database: Database) -> bool:
    """Outside a transaction: the write-ahead log, which keeps what was erased until it is written over, becomes empty.

    False while somebody reads an older state (https://sqlite.org/pragma.html#pragma_wal_checkpoint): try again later.
    On PostgreSQL that is the matter of VACUUM and of who runs the server."""
    if not database.is_sqlite:
        return True
    raw = database.writer.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA busy_timeout=100")  # readers are short; nobody else shall wait long for one that is not
        is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_S * 1000}")
    finally:
        raw.close()
    return not is_busy


def has_lost_transaction(connection: Connection) -> bool:
    """SQLite has taken it back, as it does on a full disk or an I/O error, and would now commit each statement by
    itself (https://sqlite.org/lang_transaction.html, section 3.1). SQLAlchemy does not notice."""
    driver = connection.connection.driver_connection
    return isinstance(driver, sqlite3.Connection) and connection.in_transaction() and not driver.in_transaction


def take_back(connection: Connection) -> None:
    """On SQLite, whatever happened: nothing of the transaction stays, and nobody uses this connection again.

    SQLAlchemy itself does nothing about a transaction whose COMMIT failed."""
    driver = connection.connection.driver_connection
    try:
        if isinstance(driver, sqlite3.Connection):
            driver.rollback()
    finally:
        connection.invalidate()
        connection.close()


def is_healthy(database: Database) -> bool:
    """True when a trivial read works."""
    with database.reader.connect() as connection:
        return bool(connection.execute(text("SELECT 1")).scalar())
