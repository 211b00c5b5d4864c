"""Rows past the session: read as plain columns, written at once, taken back with the use case that wrote them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection as Transaction
from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from medialab_hub.storage.prepared import Prepared
from medialab_hub.storage.tables import Connection, Device

Row = TypeVar("Row", Connection, Device)

_PUT_DEVICE = Prepared(update(Device).where(col(Device.id) == bindparam("row")))
_PUT_CONNECTION = Prepared(update(Connection).where(col(Connection.id) == bindparam("row")))
_ROWS = "rows-put"
"""In the session's `info`: identities of rows the session does not know to have changed."""


def plain(table: type[Row], values: Mapping[str, Any]) -> Row:
    """A row as a statement read it, that no session knows or keeps: what changes in it is stored by `put` alone."""
    row: Row = inspect(table).class_manager.new_instance()
    vars(row).update(values)
    return row


def put(transaction: Transaction, session: Session, row: Device | Connection, values: Mapping[str, Any]) -> None:
    """Give columns of a row these values, in one statement when it is stored; of a plain one all that was changed."""
    state = inspect(row)
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    if state.pending:
        for name, value in fresh.items():
            setattr(row, name, value)
        return
    if state.transient and state.modified:
        fresh |= {name: getattr(row, name) for name in state.manager.keys() - state.unmodified if name not in fresh}
    if fresh:
        statement = _PUT_DEVICE if isinstance(row, Device) else _PUT_CONNECTION
        statement.run(transaction, {"row": row.id, **fresh})
        key = state.mapper.identity_key_from_primary_key((row.id,))
        session.info.setdefault(_ROWS, []).append(key)
        for known in {id(row): row, **_held(session, key)}.values():
            for name, value in fresh.items():
                set_committed_value(known, name, value)


def begin(session: Session) -> None:
    """Another use case of the same transaction: what was put before is not its business."""
    session.info.pop(_ROWS, None)


def take_back(session: Session) -> None:
    """The database forgot what was put since `begin`; let the session read those rows anew."""
    for key in session.info.pop(_ROWS, ()):
        for row in _held(session, key).values():
            session.expire(row)


def _held(session: Session, key: Any) -> dict[int, Any]:
    held = session.identity_map.get(key)
    return {} if held is None else {id(held): held}
