"""What all tables share: one metadata with named constraints, and columns for moments and documents."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Document, UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def moment(*, optional: bool = False, index: bool = False) -> Any:
    """A column for an aware moment."""
    if optional:
        return Field(default=None, sa_type=UtcDateTime, nullable=True, index=index)
    return Field(sa_type=UtcDateTime, nullable=False, index=index)


def document(default: Any = None) -> Any:
    """A column for a JSON document; `default` is a factory such as `dict` or `list`, None allows null."""
    if default is None:
        return Field(default=None, sa_type=Document, nullable=True)
    return Field(default_factory=default, sa_type=Document, nullable=False)


def big_number() -> Any:
    """A column for a counter of somebody else, up to 2^63 - 1; starts at 0."""
    return Field(default=0, sa_type=BigInteger, nullable=False)


@dataclass(frozen=True)
class Typed:
    """Whom a text is about, or who wrote it: columns of its row, or of one the row points at (`job_id.device_id`).

    When it is erased, the `noun` whose id is in the column `key` is told anew."""

    about: tuple[str, ...]
    noun: str
    key: str


def typed(*about: str, noun: str, key: str = "id") -> Any:
    """A column for what a person types, a reason or a note; see `Typed`. Nothing of it may be stored elsewhere."""
    return Field(default="", sa_column_kwargs={"info": {"typed": Typed(about, noun, key)}})


def version() -> Any:
    """A column for compare-and-set; starts at 0."""
    return Field(default=0, sa_column=Column(Integer, nullable=False, default=0))
