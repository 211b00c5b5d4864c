"""People who borrow. Their data is here and nowhere else."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, version


class Person(SQLModel, table=True):
    """A borrower; other tables know the id only. Erased by `services.people`."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)
    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    search_key: str = ""
    """All of that as it is searched (`domain.typed_words.folded`)."""
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    """The one they mostly borrow for."""
    added_at: Moment = moment()
    used_at: Moment = moment()
    """Last loan or booking; who is not seen for long is forgotten."""
    restricted_at: Moment | None = moment(optional=True)
    """Erasure was asked for while something was still open: nothing new is lent until it is done."""
    blocked_until: Moment | None = moment(optional=True)
    version: int = version()


class Membership(SQLModel, table=True):
    """A person acts for an institution; `role` is a word of `domain.people`. Goes when the person goes."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "institution_id"),)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    role: str
    valid_to: Moment | None = moment(optional=True)
    """Until and without this moment; None: until further notice."""
