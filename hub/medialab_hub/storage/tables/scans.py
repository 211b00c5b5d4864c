"""Scan sessions: what was scanned, kept once and never changed, and what the hub made of it."""

from typing import Any

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import big_number, document, moment, typed


class ScanSession(SQLModel, table=True):
    """A desk, a phone, a tour: scans that belong together. Its state is derived from its events."""

    __tablename__ = "scan_session"
    id: str = Field(primary_key=True)
    mode: str
    """`out`, `in`, `count`."""
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    ends_at: Moment = moment()
    """When what goes out is due."""
    dropped_at: Moment | None = moment(optional=True)
    """What comes back was brought at that time: it lay in the drop box since."""
    client_key: str | None = Field(default=None, unique=True)
    """Chosen by who opened it: the same wish sent twice is one session."""
    opened_at: Moment = moment(index=True)
    opened_by: str = ""


class ScanRow(SQLModel, table=True):
    """One event, by the id its client gave it; whatever arrives again under the same id is left out."""

    __tablename__ = "scan_event"
    session_id: str = Field(foreign_key="scan_session.id", primary_key=True)
    event_id: str = Field(primary_key=True)
    client: str
    sequence: int = big_number()
    at: Moment = moment()
    kind: str
    raw: str = typed("session_id", "actor", "subject_id", noun="scan_session", key="session_id")
    about: str = ""
    is_fact: bool = False
    noun: str = ""
    subject_id: str | None = Field(default=None, index=True)
    devices: list[str] = document(list)
    """What the label was on when the event was taken; `noun` is empty while no label explains it."""
    seen: list[str] = document(list)
    """Those of the devices of a case that agents saw at that time."""
    taken_at: Moment = moment()
    actor: str = ""


class ScanMove(SQLModel, table=True):
    """What became of one device by one scan; taken back and made anew when an earlier scan arrives late."""

    __tablename__ = "scan_move"
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    session_id: str = Field(foreign_key="scan_session.id", index=True)
    event_id: str
    client: str
    sequence: int = big_number()
    at: Moment = moment()
    kind: str
    """See `MoveKind`."""
    kit_id: str | None = None
    """The case that was scanned; None: the device itself was."""
    found: str = "inside"
    """Of a member of a case: `inside`, `asked`, `left`."""
    person_id: str | None = None
    was_out: bool = False
    """Before the scan."""
    allocation_id: str | None = None
    """The loan it began or ended."""
    proof_id: str | None = None
    """The wait for a proof that it began, or that a hand-over set aside."""
    problem: dict[str, Any] | None = document()
    """Why it could not be done, in words; None when it was."""
