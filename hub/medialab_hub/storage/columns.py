"""Column types that mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import JSON, Dialect, Float, String
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document."""

Moment = AwareDatetime


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite: text of fixed width in UTC, which sorts as time does; PostgreSQL: timestamptz."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of this engine."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"  # strftime takes ten times as long

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database, always in UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)  # reads `Z` as UTC, and ten times as fast as strptime


class hours_between(GenericFunction[float]):  # noqa: N801 - as SQL calls its functions
    """Of two moments: the hours from the first to the second; NULL when one of them is."""

    type = Float()
    inherit_cache = True


@compiles(hours_between)
def _hours_on_sqlite(element: hours_between, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 24)"


@compiles(hours_between, "postgresql")
def _hours_on_postgresql(element: hours_between, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"(extract(epoch from ({end} - {start})) / 3600)"
