"""Open issues found by the checks."""

from typing import Any

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment


class OpenIssue(SQLModel, table=True):
    """Something that needs attention; the row is deleted when the check finds nothing any more."""

    __tablename__ = "issue"
    id: str = Field(primary_key=True)
    check_id: str = Field(index=True)
    subject: str = Field(index=True)
    severity: str
    title: dict[str, Any] = document(dict)
    detail: dict[str, Any] | None = document()
    device_id: str | None = Field(default=None, index=True)
    agent_id: str | None = None
    suggestions: list[dict[str, Any]] = document(list)
    since: Moment = moment()
