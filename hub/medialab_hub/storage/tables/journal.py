"""The journal: everything that happened, in commit order, chained by hashes."""

from typing import Any

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment


class JournalRow(SQLModel, table=True):
    """One event. `seq` is the fleet sequence; `hash` covers this row and the hash before it."""

    __tablename__ = "journal"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: Moment = moment()
    kind: str = Field(index=True)
    subject: str = Field(index=True)
    actor: str = ""
    data: dict[str, Any] = document(dict)
    hash: str = ""


class JournalHead(SQLModel, table=True):
    """One row: the last sequence number and hash. Its lock puts transactions into the order of their numbers."""

    __tablename__ = "journal_head"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = 0
    hash: str = ""
