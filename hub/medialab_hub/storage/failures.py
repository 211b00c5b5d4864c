"""Tells a database that does not work right now from data that never will."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class CommitFailed(Exception):
    """The transaction could not be committed; nothing of it was stored."""


class TransactionLost(Exception):
    """The database took back the whole transaction in the middle of it, so that there is nothing to commit."""

    def __init__(self) -> None:
        super().__init__("the database took back everything since the transaction began")


def is_passing(error: BaseException) -> bool:
    """True when the same use case may work later: disk full, database gone, commit refused."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, CommitFailed | OperationalError | InterfaceError)


def is_deadlock(error: BaseException) -> bool:
    """True when PostgreSQL has ended this transaction so that another one can go on: it is to begin anew.

    Deadlock and serialization failure (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html)."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40P01", "40001")
