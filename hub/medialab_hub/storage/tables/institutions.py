"""Institutions that borrow: schools, daycare centres, associations, authorities."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, version


class Institution(SQLModel, table=True):
    """`kind` is a word of `domain.institutions`; nothing here is about a person."""

    __tablename__ = "institution"
    id: str = Field(primary_key=True)
    name: str
    kind: str
    school_number: str | None = Field(default=None, unique=True)
    """Six digits in NRW; None for what is no school."""
    school_form: str = ""
    municipality: str = ""
    municipality_key: str = ""
    """Amtlicher Gemeindeschlüssel, eight digits; empty when it is not known."""
    street: str = ""
    postal_code: str = ""
    search_key: str = ""
    """Name, numbers and place as they are searched (`domain.typed_words.folded`)."""
    verified_at: Moment | None = moment(optional=True)
    """When staff saw the stamp or another proof."""
    archived_at: Moment | None = moment(optional=True)
    version: int = version()
