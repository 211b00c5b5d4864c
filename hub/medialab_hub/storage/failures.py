"""Tells a database that does not work right now from data that never will."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class CommitFailed(Exception):
    """The transaction could not be committed; nothing of it was stored."""


def is_passing(error: BaseException) -> bool:
    """True when the same use case may work later: disk full, database gone, commit refused."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, CommitFailed | OperationalError | InterfaceError)
