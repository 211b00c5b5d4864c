"""Reads outside the writer: short sessions that never write."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from medialab_hub.storage.database import Database

T = TypeVar("T")


class Reading:
    """Runs views on connections that only read. Call it from a thread, for a disk may be slow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, view: Callable[[Session], T]) -> T:
        """What the view returns; rows it returns are detached."""
        with Session(self._database.reader, expire_on_commit=False) as session:
            return view(session)
