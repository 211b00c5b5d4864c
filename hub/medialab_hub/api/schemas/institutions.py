"""Institutions that borrow."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_hub.domain.institutions import InstitutionKind
from medialab_wire.texts import Text


class NewInstitution(Body):
    """A new institution; empty: not known. School number six digits, municipality key (AGS) eight, postal code five."""

    name: str = Field(min_length=1, max_length=120)
    kind: InstitutionKind
    school_number: str = Field(default="", max_length=40)
    school_form: str = Field(default="", max_length=40)
    municipality: str = Field(default="", max_length=80)
    municipality_key: str = Field(default="", max_length=40)
    street: str = Field(default="", max_length=120)
    postal_code: str = Field(default="", max_length=40)


class InstitutionChange(Body):
    """Only what is given changes; `version` as it was read. `verified`: staff saw the stamp or another proof."""

    version: int
    name: str | None = Field(default=None, min_length=1, max_length=120)
    kind: InstitutionKind | None = None
    school_number: str | None = Field(default=None, max_length=40)
    school_form: str | None = Field(default=None, max_length=40)
    municipality: str | None = Field(default=None, max_length=80)
    municipality_key: str | None = Field(default=None, max_length=40)
    street: str | None = Field(default=None, max_length=120)
    postal_code: str | None = Field(default=None, max_length=40)
    verified: bool | None = None
    archived: bool | None = None


class InstitutionView(BaseModel):
    """An institution; also stream event `institution`."""

    id: str
    name: str
    kind: InstitutionKind
    school_number: str | None = None
    school_form: str = ""
    municipality: str = ""
    municipality_key: str = ""
    street: str = ""
    postal_code: str = ""
    verified: str | None = None
    archived: str | None = None
    version: int


class InstitutionWords(BaseModel):
    """The words that are stored, with what people read: of institutions, of schools, of people there."""

    kinds: dict[str, Text]
    school_forms: dict[str, Text]
    roles: dict[str, Text]


class Removed(BaseModel):
    """Whether it is gone, or archived because bookings or people refer to it."""

    archived: bool


class ImportFlaw(BaseModel):
    """What is wrong in one cell, and what to do about it; `field` empty: the whole row."""

    field: str
    text: Text


class ImportRow(BaseModel):
    """What one row of the file does: `new`, `change`, `same` or `refused`. `fields`: what is there now, and then."""

    row: int
    action: str
    name: str
    institution: str | None = None
    fields: dict[str, tuple[str, str]] = {}
    flaws: list[ImportFlaw] = []


class Imported(BaseModel):
    """What a file does, or did. With a refused row nothing is done. `rows` leaves out what stays the same."""

    is_done: bool
    encoding: str
    separator: str
    new: int
    change: int
    same: int
    refused: int
    rows: list[ImportRow]
