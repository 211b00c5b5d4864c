"""Tries a part of a use case: when it is refused, nothing of that part was stored, and the rest goes on."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from medialab_hub.errors import HubError
from medialab_hub.storage.unit_of_work import UnitOfWork

T = TypeVar("T")


class Clash(Exception):
    """The database refused it: two things at once where only one may be."""


def attempt(uow: UnitOfWork, part: Callable[[], T]) -> T:
    """Run the part in a savepoint of its own. Raises what it raised, and `Clash`."""
    mark = uow.journal.mark()
    try:
        with uow.session.begin_nested():
            uow.session.connection()  # sets it now: the session alone would wait until somebody uses it
            result = part()
            uow.session.flush()
            return result
    except HubError:
        uow.journal.back_to(mark)
        raise
    except IntegrityError as error:
        uow.journal.back_to(mark)
        raise Clash(str(error.orig)) from error
