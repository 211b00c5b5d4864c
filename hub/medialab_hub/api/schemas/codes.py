"""Labels: codes made in advance, and what they stick on."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_hub.domain.codes import MOST_READ
from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.services.codes import MOST_AT_ONCE


class CodesWanted(Body):
    """So many new labels."""

    count: int = Field(ge=1, le=MOST_AT_ONCE)


class CodesMade(BaseModel):
    """Codes that stick nowhere yet."""

    codes: list[str]


class Claim(Body):
    """The label sticks on this thing. `instead_of`: the thing it stuck on before, when it is moved on purpose."""

    noun: CodeNoun
    subject: str = Field(min_length=1, max_length=64)
    instead_of: str | None = Field(default=None, max_length=64)


class CodesOn(BaseModel):
    """Labels that stick on one thing."""

    codes: list[str]


class CodeView(BaseModel):
    """A label; `noun` null: it sticks nowhere yet."""

    code: str
    noun: CodeNoun | None = None
    subject: str | None = None


class Reading(Body):
    """A text that was scanned or typed."""

    raw: str = Field(max_length=MOST_READ)
