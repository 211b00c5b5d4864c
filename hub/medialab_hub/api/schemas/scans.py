"""Scan sessions and their events."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.scanning import EventKind, ScanMode

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MOST_IN_A_BATCH = 200


class NewScanSession(Body):
    """`ends`: when what goes out is due, None: in 14 days. `client_key`: sent again, it stays one session. `dropped`:
    what comes back lay in the drop box since then."""

    mode: ScanMode
    ends: Instant | None = None
    institution: str | None = None
    client_key: str | None = Field(default=None, min_length=8, max_length=80)
    dropped: Instant | None = None


class ScanEventBody(Body):
    """`id` (a UUID) and `sequence` are given by the client, once for ever; `at` is when it happened by its clock.

    `raw`: of a `scan`, the text. `about`: of an `undo` the event, of a `person` the person, of a `tick` the device
    that somebody sees in its case, of a `without` the one without which its case goes. `is_fact`: it happened
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
    """A device on the pile: `out`, `back`, `waits` for a person or the rest of its case, `stays` (nothing was to be
    done), `counted`, `refused`; of a case also `asked` (not seen yet), `missing` (still out), `left` (stays here)."""

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


class ScanMember(BaseModel):
    """A member of a scanned case: `out`, `back`, `asked`, `missing`, `ready` (could go, waits for the others),
    `refused` (the words say why), `left`, `stays`. `label`: the tag or code that is printed on it."""

    device: str
    name: str
    label: str
    state: str
    seen: bool
    ticked: bool
    code: str = ""
    title: str = ""
    title_de: str = ""
    remedy: str = ""
    remedy_de: str = ""


class ScanKit(BaseModel):
    """A case as its last scan left it: `out`, `back`, `asks` (for `asked` members), `waits` (for a person),
    `refused` (members say why), `stays`. `missing`: members that did not come back."""

    kit: str
    name: str
    event: str
    at: str
    person: str | None = None
    state: str
    asked: int
    missing: int
    members: list[ScanMember]


class ScanSessionView(BaseModel):
    """A session as it stands, derived from its events: the same whatever order they came in. `bookings`: for which
    something went out or came back."""

    id: str
    mode: ScanMode
    institution: str | None = None
    ends: str
    opened: str
    dropped: str | None = None
    people: list[str]
    person: str | None = None
    place: str | None = None
    bookings: list[str]
    items: list[ScanItem]
    kits: list[ScanKit]
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
