"""Appends to the journal: commit-ordered numbers, chained hashes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from medialab_hub.storage.tables.journal import JournalHead, JournalRow


def append(session: Session, at: datetime, kind: str, subject: str, actor: str, data: dict[str, Any]) -> JournalRow:
    """Write one row and return it. The head row stays locked until the transaction ends."""
    head = session.get(JournalHead, 1, with_for_update=True)
    if head is None:
        head = JournalHead(id=1)
        session.add(head)
    head.seq += 1
    row = JournalRow(seq=head.seq, at=at, kind=kind, subject=subject, actor=actor, data=data)
    row.hash = head.hash = row_hash(head.hash, row)
    session.add(row)
    return row


def row_hash(before: str, row: JournalRow) -> str:
    """SHA-256 over the hash before and this row's content, as hexadecimal text."""
    content = [before, row.seq, row.at.isoformat(), row.kind, row.subject, row.actor, row.data]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


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
    """The hash of the last row, empty in an empty journal. Take it under the head's lock to build on it."""
    head = session.get(JournalHead, 1, with_for_update=True)
    return head.hash if head else ""
