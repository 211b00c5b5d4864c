"""Appends to the journal: commit-ordered numbers, chained hashes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, true, update
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from medialab_hub.storage.prepared import Prepared
from medialab_hub.storage.tables.journal import JournalHead, JournalRow

_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
_INSERT = Prepared(insert(JournalRow))
_HEAD = select(JournalHead.seq, JournalHead.hash).where(JournalHead.id == 1)
_LOCK = _HEAD.with_for_update()
_MOVE = Prepared(
    update(JournalHead).where(
        col(JournalHead.id) == 1,
        col(JournalHead.seq) == bindparam("was_seq"),
        col(JournalHead.hash) == bindparam("was_hash"),
    )
)
_CHAINED = ("seq", "at", "kind", "subject", "actor", "data", "hash")

Mark = tuple[int, str]
"""How far the journal is: number and hash of its last row."""


class JournalMoved(Exception):
    """Somebody else wrote to the journal meanwhile; this transaction must not be committed."""


class Journal:
    """The end of the journal within one transaction, which keeps it locked: numbers follow the order of commits."""

    def __init__(self, connection: Connection, known: Mark | None) -> None:
        """Take the lock; do it before any savepoint. `known`: whoever alone may write says where the journal ends.

        Should that not be true, `append` or `close` finds out, and nothing is committed."""
        self._connection = connection
        self._stored = self._end = known or self._lock()

    @property
    def seq(self) -> int:
        """The fleet sequence as it will be after the commit."""
        return self._end[0]

    @property
    def last_hash(self) -> str:
        """The hash of the last row, empty in an empty journal."""
        return self._end[1]

    def append(self, at: datetime, kind: str, subject: str, actor: str, data: dict[str, Any]) -> int:
        """Write one row and return its number. Raises `JournalMoved`."""
        seq, kind = self.seq + 1, str(kind)
        fresh = _hash(self.last_hash, [seq, at.isoformat(), kind, subject, actor, data])
        row = {"seq": seq, "at": at, "kind": kind, "subject": subject, "actor": actor, "data": data, "hash": fresh}
        try:
            _INSERT.run(self._connection, row)
        except IntegrityError as error:
            raise JournalMoved(f"number {seq} is taken") from error
        self._end = (seq, fresh)
        return seq

    def mark(self) -> Mark:
        """Where a savepoint begins."""
        return self._end

    def back_to(self, mark: Mark) -> None:
        """The savepoint that began there was taken back, and its rows with it."""
        self._end = mark

    def close(self) -> None:
        """Keep how far the journal is; the last thing before the commit. Raises `JournalMoved`."""
        if self._end != self._stored:
            was = {"was_seq": self._stored[0], "was_hash": self._stored[1]}
            if _MOVE.run(self._connection, {"seq": self._end[0], "hash": self._end[1], **was}) != 1:
                raise JournalMoved(f"the journal does not end at number {self._stored[0]}")
            self._stored = self._end

    def _lock(self) -> Mark:
        seq, end = self._connection.execute(_LOCK).one()
        return seq, end


def _hash(before: str, content: list[Any]) -> str:
    return hashlib.sha256(_encode([before, *content]).encode()).hexdigest()


def last_seq(session: Session) -> int:
    """The fleet sequence: number of the last row, 0 in an empty journal."""
    head = session.connection().execute(_HEAD).first()
    return head[0] if head else 0


def newest(session: Session, before: int | None, limit: int) -> Sequence[JournalRow]:
    """Rows newest first, below `before` when given."""
    query = select(JournalRow).order_by(col(JournalRow.seq).desc()).limit(limit)
    if before is not None:
        query = query.where(JournalRow.seq < before)
    return session.exec(query).all()


class Checked(NamedTuple):
    """How many rows were looked at, and the number of the first that does not fit or is missing."""

    rows: int
    broken_at: int | None


def first_broken(session: Session) -> int | None:
    """Number of the first row that does not fit or is missing, or None when the chain is whole up to its end."""
    return checked(session).broken_at


def checked(session: Session) -> Checked:
    """Follow the chain to its end. One statement, so that nobody's commit falls in between."""
    query = (
        columns(col(JournalHead.seq), col(JournalHead.hash), *(col(getattr(JournalRow, name)) for name in _CHAINED))
        .join(JournalRow, true(), isouter=True)
        .where(col(JournalHead.id) == 1)
        .order_by(col(JournalRow.seq))
    )
    before, count, end = "", 0, (0, "")
    for last_seq, last_hash, seq, at, *content, said in session.connection().execute(query):
        end = (last_seq, last_hash)
        if seq is None:
            break
        if seq != count + 1 or said != _hash(before, [seq, at.isoformat(), *content]):
            return Checked(count, count + 1)
        before, count = said, seq
    return Checked(count, None if end == (count, before) else count + 1)


def hash_before(session: Session, job: str, record: str) -> str | None:
    """The hash on which that checksum of a job's record hangs; None when no row tells of it."""
    rows = session.exec(select(JournalRow).where(JournalRow.subject == job)).all()
    told = next((row for row in rows if row.data.get("record") == record), None)
    if told is None:
        return None
    before = session.get(JournalRow, told.seq - 1)
    return "" if before is None else before.hash
