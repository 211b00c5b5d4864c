"""Appends to the journal: commit-ordered numbers, chained hashes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from medialab_hub.storage.tables.journal import JournalHead, JournalRow

_HEAD = "journal-head"
_INSERT = insert(JournalRow)


def lock(session: Session) -> None:
    """Take the head for this transaction, before any savepoint: numbers follow the order of commits."""
    head = session.get(JournalHead, 1, with_for_update=True)
    if head is None:
        head = JournalHead(id=1)
        session.add(head)
        session.flush()
    session.info[_HEAD] = head


def append(session: Session, at: datetime, kind: str, subject: str, actor: str, data: dict[str, Any]) -> int:
    """Write one row and return its number. The head stays locked until the transaction ends."""
    head = _head(session)
    seq, kind = head.seq + 1, str(kind)
    fresh = _hash(head.hash, [seq, at.isoformat(), kind, subject, actor, data])
    row = {"seq": seq, "at": at, "kind": kind, "subject": subject, "actor": actor, "data": data, "hash": fresh}
    session.connection().execute(_INSERT, row)
    head.seq, head.hash = seq, fresh
    return seq


def _head(session: Session) -> JournalHead:
    if _HEAD not in session.info:
        lock(session)
    head: JournalHead = session.info[_HEAD]
    return head


def row_hash(before: str, row: JournalRow) -> str:
    """SHA-256 over the hash before and this row's content, as hexadecimal text."""
    return _hash(before, [row.seq, row.at.isoformat(), row.kind, row.subject, row.actor, row.data])


def _hash(before: str, content: list[Any]) -> str:
    return hashlib.sha256(json.dumps([before, *content], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def last_seq(session: Session) -> int:
    """The fleet sequence: number of the last row, 0 in an empty journal."""
    head = session.get(JournalHead, 1)
    return head.seq if head else 0


def newest(session: Session, before: int | None, limit: int) -> Sequence[JournalRow]:
    """Rows newest first, below `before` when given."""
    query = select(JournalRow).order_by(col(JournalRow.seq).desc()).limit(limit)
    if before is not None:
        query = query.where(JournalRow.seq < before)
    return session.exec(query).all()


def first_broken(session: Session) -> int | None:
    """Number of the first row whose hash does not fit, or None when the chain is whole."""
    before = ""
    for row in session.exec(select(JournalRow).order_by(col(JournalRow.seq))):
        if row.hash != row_hash(before, row):
            return row.seq
        before = row.hash
    return None


def last_hash(session: Session) -> str:
    """The hash of the last row, empty in an empty journal; nobody can write another before this transaction ends."""
    return _head(session).hash
