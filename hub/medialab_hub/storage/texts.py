"""Blanks what people typed: reasons and notes, each kept in the row of its noun only and declared there (`typed`)."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, inspect, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col, or_, select

from medialab_hub.storage import tables
from medialab_hub.storage.tables import Device
from medialab_hub.storage.tables.base import Typed

Told = tuple[str, str]
"""A noun and an id."""


def blank(session: Session, subject: str) -> list[Told]:
    """Empty the texts of a device (with what was merged into it), a job or an allocation, or those a person wrote.

    Returns for each text whom to tell anew."""
    subjects = with_shells(session, subject)
    return [told for model, column in _typed() for told in _blank(session, model, column, subjects)]


def _typed() -> Iterator[tuple[type[SQLModel], Column[Any]]]:
    for model in (getattr(tables, name) for name in tables.__all__):
        yield from ((model, column) for column in inspect(model).local_table.columns if "typed" in column.info)


def _blank(session: Session, model: type[SQLModel], column: Column[Any], subjects: Collection[str]) -> Iterator[Told]:
    typed: Typed = column.info["typed"]
    is_meant = or_(*(_leads_to(subjects, column.table.c, path) for path in typed.about))
    blanked = update(model).where(column != "", is_meant).values({column.name: ""})
    for (key,) in session.exec(blanked.returning(column.table.c[typed.key])).all():
        yield typed.noun, key


def _leads_to(subjects: Collection[str], columns: Any, path: str) -> ColumnElement[bool]:
    name, _, further = path.partition(".")
    column: Column[Any] = columns[name]
    if not further:
        return column.in_(subjects)
    (key,) = column.foreign_keys
    return column.in_(sa_select(key.column).where(_leads_to(subjects, key.column.table.c, further)))


def with_shells(session: Session, subject: str) -> list[str]:
    """Merging leaves jobs and allocations with the shell of what was merged away, which may have taken others in."""
    found = fresh = [subject]
    while fresh:
        fresh = list(session.exec(select(Device.id).where(col(Device.merged_into).in_(fresh))))
        found = found + fresh
    return found
