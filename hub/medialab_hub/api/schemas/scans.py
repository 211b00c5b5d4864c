"""Scan sessions and their events."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.scanning import EventKind, ScanMode

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MOST_IN_A_BATCH = 200


class NewScanSession(Body):
    """`ends`: when what goes out is due, None: in 14 days. `client_key`: sent again, it stays one session."""

    mode: ScanMode
    ends: Instant | None = None
    institution: str | None = None
    client_key: str | None = Field(default=None, min_length=8, max_length=80)


class ScanEventBody(Body):
    """`id` (a UUID) and `sequence` are given by the client, once for ever; `at` is when it happened by its clock.

    `raw`: of a `scan`, the text. `about`: of an `undo` the event, of a `person` the person. `is_fact`: it happened
    while the hub could not be asked, so it is recorded and not decided."""

    id: ClientId
    client: ClientId
    sequence: int = Field(ge=0, lt=2**53)
    at: Instant
    kind: EventKind = EventKind.SCAN
    raw: str = Field(default="", max_length=4000)
    about: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    is_fact: bool = False


class ScanBatch(Body):
    """Events in any order; those sent before are left out."""

    events: list[ScanEventBody] = Field(max_length=MOST_IN_A_BATCH)


class ScanItem(BaseModel):
    """A device on the pile: `out`, `back`, `waits` for a person, `stays` (was not out), `counted`, `refused`."""

    device: str
    state: str
    person: str | None = None
    event: str
    at: str


class ScanConflict(BaseModel):
    """Something a person has to look at; titles and remedies come in both languages. `raw`: an unknown
    code; empty for a text that looks like none and was not kept."""

    event: str
    device: str | None = None
    raw: str = ""
    code: str
    title: str
    title_de: str
    remedy: str = ""
    remedy_de: str = ""


class ScanSessionView(BaseModel):
    """A session as it stands, derived from its events: the same whatever order they came in."""

    id: str
    mode: ScanMode
    institution: str | None = None
    ends: str
    opened: str
    people: list[str]
    person: str | None = None
    place: str | None = None
    items: list[ScanItem]
    conflicts: list[ScanConflict]
    events: int
    duplicates: int
    undone: int


class ScansTaken(BaseModel):
    """`differing`: ids under which something else was kept before; the client's mistake, nothing was changed."""

    taken: int
    known: int
    differing: list[str]
    session: ScanSessionView


class ScanSessionOpened(BaseModel):
    """The session that was opened, or was there already."""

    session: str
