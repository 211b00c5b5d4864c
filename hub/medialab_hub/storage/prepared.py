"""Statements that run all the time: compiled once for each engine and set of columns, then handed to the driver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True)
class _Form:
    text: str
    names: list[str] | None
    """Of positional parameters, in their order; None where the driver takes parameters by name."""
    fixed: dict[str, Any]
    encoders: dict[str, Callable[[Any], Any]]


class Prepared:
    """An INSERT or UPDATE of one row. To find out anew how to run it would take three times as long as running it."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, frozenset[str]], _Form] = {}

    def __call__(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it with values for columns and for the parameters it was built with; returns how many rows it met."""
        key = (connection.dialect.name, frozenset(values))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = self._compile(connection.dialect, list(values))
        given = {**form.fixed, **values}
        for name, encode in form.encoders.items():
            given[name] = encode(given[name])
        parameters = given if form.names is None else tuple([given[name] for name in form.names])
        return connection.exec_driver_sql(form.text, parameters).rowcount

    def _compile(self, dialect: Dialect, names: list[str]) -> _Form:
        compiled = self._statement.compile(dialect=dialect, column_keys=names)
        assert isinstance(compiled, SQLCompiler)
        binds = compiled.binds
        return _Form(
            compiled.string,
            compiled.positiontup if compiled.positional else None,
            {name: bind.effective_value for name, bind in binds.items() if not bind.required},
            {
                name: encode
                for name, bind in binds.items()
                if (encode := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
            },
        )
