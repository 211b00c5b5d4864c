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
