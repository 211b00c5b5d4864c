"""Tables of devices: what one would change."""

from typing import Literal

from pydantic import BaseModel

from medialab_wire.texts import Text


class FileFlaw(BaseModel):
    """Why a row does nothing. `field` is empty when the whole row is meant."""

    field: str
    text: Text


class FileRow(BaseModel):
    """One row, by the number of its line; `fields`: what is there now and what would be. `device` None: a new one."""

    row: int
    action: Literal["new", "change", "refused"]
    tag: str
    name: str
    device: str | None = None
    fields: dict[str, tuple[str, str]]
    flaws: list[FileFlaw]


class DevicesImported(BaseModel):
    """What the file changes, or has changed. Rows that change nothing are only counted.

    `ignored`: columns that are not taken. `people`: new people, when they were asked for. `seen` is sent back to take
    over exactly this."""

    is_done: bool
    layout: Literal["own", "snipe-it"]
    encoding: str
    separator: str
    ignored: list[str]
    people_columns: list[str]
    new: int
    change: int
    same: int
    refused: int
    people: int
    seen: str
    rows: list[FileRow]
