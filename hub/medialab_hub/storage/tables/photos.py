"""Photos that people added to what they answered; the bytes lie apart, so that they can go and the fact stays."""

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class Photo(SQLModel, table=True):
    """That there was one, and its checksum. Until an answer names it, it is a draft and never in a record."""

    __tablename__ = "photo"
    id: str = Field(primary_key=True)
    """Made by whoever sends it, so that sending it again is the same photo."""
    job_id: str = Field(foreign_key="job.id", index=True)
    step: str
    answer_id: str | None = Field(default=None, foreign_key="job_answer.id", index=True)
    sha256: str
    size: int
    """Bytes."""
    width: int
    height: int
    actor: str = ""
    kept_at: Moment = moment(index=True)
    erased_at: Moment | None = moment(optional=True, index=True)


class PhotoBytes(SQLModel, table=True):
    """What the photo shows: a cleaned JPEG."""

    __tablename__ = "photo_bytes"
    photo_id: str = Field(primary_key=True, foreign_key="photo.id")
    data: bytes = Field(sa_type=LargeBinary)
