"""Reads every table row by row, to be carried away; one moment for all of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from medialab_hub.domain.exports import TableFacts
from medialab_hub.storage.database import Database

T = TypeVar("T")
AT_ONCE = 500
"""Rows in memory."""


def tables() -> list[TableFacts]:
    """Every table, in the order in which they refer to each other."""
    return [_facts(table) for table in SQLModel.metadata.sorted_tables]


def _facts(table: Table) -> TableFacts:
    typed = frozenset(column.name for column in table.columns if "typed" in column.info)
    return TableFacts(table.name, [column.name for column in table.columns], typed)


def rows(session: Session, table: str, columns: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """These columns of every row, by primary key, as the database has them now."""
    found: Table = SQLModel.metadata.tables[table]
    wanted = select(*(found.c[name] for name in columns)).order_by(*found.primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}).mappings():
        yield dict(row)


def at_one_moment(database: Database, view: Callable[[Session], T]) -> T:
    """What the view finds, while others write: all of it as it was when the view began."""
    with database.reader.connect() as connection:
        if database.is_sqlite:  # the driver begins none to read; with one, all reads see the same state
            connection.connection.cursor().execute("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with Session(connection) as session, session.begin():
            return view(session)
