"""Statements that run all the time: compiled once for each engine and set of values, then handed to the driver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from medialab_hub.storage.database import has_lost_transaction

_Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Form:
    text: str
    names: list[str] | None
    """Of positional parameters, in their order; None where the driver takes parameters by name."""
    fixed: dict[str, Any]
    encoders: dict[str, _Convert]
    decoders: list[tuple[int, _Convert]]


class Prepared:
    """Runs past SQLAlchemy, which finds out anew each time how; that takes several times as long as running it.

    The connection must be in a transaction. Errors are those of SQLAlchemy."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, frozenset[str]], _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """With values for columns and for the parameters it was built with; returns how many rows it met."""
        return int(self._execute(connection, self._form(connection.dialect, values), values).rowcount)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[list[Any]]:
        """What it selects."""
        form = self._form(connection.dialect, values)
        found = [list(row) for row in self._execute(connection, form, values).fetchall()]
        for row in found:
            for place, decode in form.decoders:
                row[place] = decode(row[place])
        return found

    def _execute(self, connection: Connection, form: _Form, values: Mapping[str, Any]) -> Any:
        if not connection.in_transaction() or has_lost_transaction(connection):
            raise RuntimeError("the driver would commit this by itself")
        given = {**form.fixed, **values}
        for name, encode in form.encoders.items():
            given[name] = encode(given[name])
        parameters = given if form.names is None else tuple([given[name] for name in form.names])
        cursor, driver = connection.connection.cursor(), connection.dialect.loaded_dbapi
        try:
            cursor.execute(form.text, parameters)
        except driver.Error as error:
            raise DBAPIError.instance(
                form.text, parameters, error, driver.Error, hide_parameters=True, dialect=connection.dialect
            ) from error
        return cursor

    def _form(self, dialect: Dialect, values: Mapping[str, Any]) -> _Form:
        key = (dialect.name, frozenset(values))
        if key not in self._forms:
            self._forms[key] = self._compile(dialect, list(values))
        return self._forms[key]

    def _compile(self, dialect: Dialect, names: list[str]) -> _Form:
        is_select = isinstance(self._statement, Select)
        compiled = self._statement.compile(dialect=dialect, column_keys=None if is_select else names)
        assert isinstance(compiled, SQLCompiler)
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        encoders = {name: _type(bind.type, dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        decoders = [_type(column.type, dialect).result_processor(dialect, None) for column in columns]
        return _Form(
            compiled.string,
            compiled.positiontup if compiled.positional else None,
            {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
            {name: encode for name, encode in encoders.items() if encode is not None},
            [(place, decode) for place, decode in enumerate(decoders) if decode is not None],
        )


def _type(declared: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return declared.dialect_impl(dialect)
