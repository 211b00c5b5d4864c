"""Asks for many ids in parts: a statement takes 32,766 parameters on SQLite (https://sqlite.org/limits.html)."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session
from sqlmodel.sql.expression import Select, SelectOfScalar

T = TypeVar("T")
CHUNK = 500

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
"""Stands for the ids in a statement that is built once."""


def fetch(session: Session, statement: SelectOfScalar[T], ids: Iterable[str], **values: Any) -> list[T]:
    """Everything the statement finds for the ids."""
    return [row for part in _parts(ids) for row in session.exec(statement, params={"ids": part, **values})]


def fetch_rows(session: Session, statement: Select[*tuple[Any, ...]], ids: Iterable[str]) -> list[tuple[Any, ...]]:
    """The same for statements that select several columns."""
    return [tuple(row) for part in _parts(ids) for row in session.exec(statement, params={"ids": part})]


def _parts(ids: Iterable[str]) -> list[list[str]]:
    wanted = list(ids)
    return [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
