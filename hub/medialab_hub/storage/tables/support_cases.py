"""Questions and defects that people told the lab about one device, each with its history."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment, typed, version


class SupportCase(SQLModel, table=True):
    """Open until somebody closes it; unlike damage it takes nothing out of use."""

    __tablename__ = "support_case"
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    topic: str
    """`defect`, `question`, `extension`."""
    booking_id: str | None = Field(default=None, foreign_key="booking.id", index=True)
    """The loan in which the device was at that time."""
    opened_at: Moment = moment(index=True)
    opened_by: str = ""
    """The account; empty for a guest, of whom nothing is known."""
    closed_at: Moment | None = moment(optional=True, index=True)
    closed_by: str = ""
    version: int = version()


class SupportEntry(SQLModel, table=True):
    """What somebody wrote, in the order it was written; the first is what it is about."""

    __tablename__ = "support_entry"
    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="support_case.id", index=True)
    at: Moment = moment()
    actor: str = ""
    words: str = typed(
        "id",
        "case_id",
        "case_id.device_id",
        "case_id.booking_id.person_id",
        "actor",
        noun="support_case",
        key="case_id",
    )
