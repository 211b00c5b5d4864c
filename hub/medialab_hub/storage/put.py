"""Writes columns of a row at once, past the session's flush, and takes that back with the use case that did it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from medialab_hub.storage.tables import Connection, Device

_PUT_DEVICE = update(Device).where(col(Device.id) == bindparam("row"))
_PUT_CONNECTION = update(Connection).where(col(Connection.id) == bindparam("row"))
_ROWS = "rows-put"
"""In the session's `info`: rows the session does not know to have changed."""


def put(session: Session, row: Device | Connection, values: Mapping[str, Any]) -> None:
    """Give columns of a row these values; a stored one gets those that differ in one statement of its own."""
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not inspect(row).persistent:
        for name, value in fresh.items():
            setattr(row, name, value)
    elif fresh:
        statement = _PUT_DEVICE if isinstance(row, Device) else _PUT_CONNECTION
        session.connection().execute(statement, {"row": row.id, **fresh})
        session.info.setdefault(_ROWS, []).append(row)
        for name, value in fresh.items():
            set_committed_value(row, name, value)


def begin(session: Session) -> None:
    """Another use case of the same transaction: what was put before is not its business."""
    session.info.pop(_ROWS, None)


def take_back(session: Session) -> None:
    """The database forgot what was put since `begin`; let the session read those rows anew."""
    for row in session.info.pop(_ROWS, ()):
        session.expire(row)
