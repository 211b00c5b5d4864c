"""People who borrow."""

from typing import Any

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.api.schemas.bookings import BookingView
from medialab_hub.domain.people import MemberRole, Standing


class MemberBody(Body):
    """What somebody is in an institution, until and without `valid_to`."""

    institution: str
    role: MemberRole = MemberRole.OTHER
    valid_to: Instant | None = None


class NewPerson(Body):
    """A new person. `institution`: the one they mostly borrow for."""

    family_name: str = Field(min_length=1, max_length=80)
    given_name: str = Field(default="", max_length=80)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=40)
    institution: str | None = None
    memberships: list[MemberBody] = Field(default=[], max_length=20)


class PersonChange(Body):
    """Only what is given changes; `version` as it was read. `institution` "": none. `memberships` are all there are.

    `unblock`: something is lent again. `keep`: the wish to be erased is taken back."""

    version: int
    family_name: str | None = Field(default=None, min_length=1, max_length=80)
    given_name: str | None = Field(default=None, max_length=80)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)
    institution: str | None = None
    memberships: list[MemberBody] | None = Field(default=None, max_length=20)
    blocked_until: Instant | None = None
    unblock: bool = False
    keep: bool = False


class MembershipView(BaseModel):
    """What somebody is in an institution."""

    institution: str
    role: MemberRole
    valid_to: str | None = None


class PersonFields(BaseModel):
    """What is stored of a person."""

    id: str
    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    institution: str | None = None
    standing: Standing
    blocked_until: str | None = None
    restricted: str | None = None
    added: str
    used: str
    version: int


class PersonView(PersonFields):
    """A person; stream event `person` only tells `id` and `version`. Trainers see neither address nor number."""

    memberships: list[MembershipView] = []


class Erasure(BaseModel):
    """Whether the person is erased; if not, these bookings come first, and it is done by itself afterwards."""

    erased: bool
    open_bookings: list[str] = []


class ReportedMembership(MembershipView):
    """With the name."""

    institution_name: str


class ReportedPerson(PersonFields):
    """With the names of institutions."""

    institution_name: str
    memberships: list[ReportedMembership] = []


class ReportedBooking(BaseModel):
    """A booking with the purpose that was typed, and the names of what was booked."""

    booking: BookingView
    purpose: str
    made: str
    institution_name: str
    things: list[str]


class JournalEntry(BaseModel):
    """Something happened to the person's entry."""

    at: str
    kind: str


class PersonReport(BaseModel):
    """Everything that is stored about one person (Art. 15 GDPR). `others`: rows of further tables as they are."""

    at: str
    person: ReportedPerson
    labels: list[str]
    bookings: list[ReportedBooking]
    journal: list[JournalEntry]
    others: dict[str, list[dict[str, Any]]] = {}
