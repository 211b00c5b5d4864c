"""What points at a table, also such tables as are added later."""

from typing import Any

from sqlalchemy import Column
from sqlmodel import SQLModel


def pointing_at(table: str) -> list[Column[Any]]:
    """Columns of other tables that refer to a row of it; what depends on others comes first."""
    return [
        column
        for other in reversed(SQLModel.metadata.sorted_tables)
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]
