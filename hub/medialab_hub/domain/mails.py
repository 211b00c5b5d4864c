"""Which mails a booking calls for at a moment, when one that did not get through is tried again, and what one says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.loan_slips import LoanSlip

SETTLING = timedelta(minutes=10)
"""Nobody is told of what may still be undone or scanned further: a loan of sixteen is sixteen scans."""
FIRST_LATE, LATE_AGAIN = timedelta(days=3), timedelta(days=7)
"""After the day of return: the first reminder, and each further one."""
MORNING = time(8)
"""Nobody is reminded at night."""
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))
"""After the first, second … try that failed; the last one is repeated."""
GIVE_UP = timedelta(days=7)
"""Longer than any holiday in which nobody looks after a mail server."""
_A_MOMENT = timedelta(microseconds=1)
_NEARBY = (".local", ".lan", ".home", ".internal", ".localhost", ".test", ".home.arpa", ".fritz.box", ".invalid")
"""Names that mean something else, or nothing, in another network (RFC 6761, RFC 6762, RFC 8375)."""


class Occasion(StrEnum):
    """Why somebody is written to."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    BROKEN = "broken"
    """Something that was promised cannot be kept."""
    BEFORE_DUE = "before_due"
    DUE = "due"
    OVERDUE = "overdue"

    @property
    def is_about_return(self) -> bool:
        """True for a reminder."""
        return self in (Occasion.BEFORE_DUE, Occasion.DUE, Occasion.OVERDUE)


class MailState(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Trouble(StrEnum):
    """Why a mail did not get through."""

    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    """No encryption, or a certificate that cannot be trusted."""
    LOGIN = "login"
    SENDER = "sender"
    """The server does not take mails from our address."""
    BUSY = "busy"
    """The server asks for another try (4xx)."""
    ADDRESS = "address"
    """The server, or already we, cannot send to that address."""
    CONTENT = "content"
    """The server does not take this mail."""

    @property
    def is_the_servers(self) -> bool:
        """True when no mail would get through."""
        return self in (Trouble.UNREACHABLE, Trouble.INSECURE, Trouble.LOGIN, Trouble.SENDER)

    @property
    def is_final(self) -> bool:
        """True when trying again changes nothing."""
        return self in (Trouble.ADDRESS, Trouble.CONTENT)


class Delivery(NamedTuple):
    """How a try went; `trouble` None: the server has it. `reply` is its code of three digits."""

    trouble: Trouble | None = None
    reply: int | None = None


@dataclass(frozen=True)
class Standing:
    """How a booking stands. `broken`: units without a device."""

    decision: Decision
    kind: BookingKind
    made: datetime
    starts: datetime
    ends: datetime
    is_closed: bool = False
    is_out: bool = False
    broken: int = 0
    was_told: bool = False
    """A mail about it has been sent."""


@dataclass(frozen=True)
class MailRules:
    """`since`: when mails were turned on; what was booked before is not confirmed any more."""

    zone: ZoneInfo
    since: datetime
    days_before: int = 2


class Called(NamedTuple):
    """A mail that is called for. `about` tells occasions of one kind apart: the day of return, and how late."""

    occasion: Occasion
    about: str
    not_before: datetime


@dataclass(frozen=True)
class Letter:
    """Everything one mail says. `things` are counts and names; `link` empty: none that everybody can reach."""

    key: str
    occasion: Occasion
    language: str
    zone: ZoneInfo
    centre: str
    booking: str
    name: str
    address: str
    institution: str
    starts: datetime
    ends: datetime
    things: tuple[tuple[int, str], ...]
    link: str = ""
    slip: LoanSlip | None = None


def called_for(booking: Standing, rules: MailRules, now: datetime) -> list[Called]:
    """The mails that the booking calls for at this moment, whether they were sent or not."""
    if booking.kind is BookingKind.INTERNAL:
        return []
    return [*_about_promise(booking, rules, now), *_about_return(booking, rules, now)]


def next_try(tries: int, wanted: datetime, now: datetime) -> datetime | None:
    """When to try again after so many tries that failed; None: not any more."""
    again = now + WAITS[min(tries, len(WAITS)) - 1]
    return again if again - wanted < GIVE_UP else None


def is_reachable_everywhere(url: str) -> bool:
    """False for an address that only the network of the hub knows, and for none at all."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not f".{host}".endswith(_NEARBY)


def _about_promise(booking: Standing, rules: MailRules, now: datetime) -> list[Called]:
    if booking.ends <= now or booking.is_closed:
        return []
    is_ours = booking.made >= rules.since
    if booking.decision is Decision.REJECTED and is_ours:
        return [Called(Occasion.REJECTED, "", now)]
    if booking.decision is Decision.CANCELED and booking.was_told:
        return [Called(Occasion.CANCELED, "", now)]
    if booking.decision is not Decision.CONFIRMED:
        return []
    # Another time is another promise: who has the slip of the old one is told.
    agreed = "/".join(moment.astimezone(UTC).isoformat() for moment in (booking.starts, booking.ends))
    confirmed = [Called(Occasion.CONFIRMED, agreed, booking.made + SETTLING)] if is_ours else []
    broken = [Called(Occasion.BROKEN, "", now + SETTLING)] if booking.broken else []
    return confirmed + broken


def _about_return(booking: Standing, rules: MailRules, now: datetime) -> list[Called]:
    if not booking.is_out:
        return []
    due, today = _day(booking.ends - _A_MOMENT, rules.zone), _day(now, rules.zone)
    first_day = _day(booking.starts, rules.zone)
    early = due - timedelta(days=rules.days_before)
    if now >= _morning(due + FIRST_LATE, rules.zone):
        return [_overdue(due, rules.zone, now)]
    if today == due and first_day < due and now >= _morning(due, rules.zone):
        return [Called(Occasion.DUE, due.isoformat(), now)]
    if early <= today < due and first_day < early and now >= _morning(early, rules.zone):
        return [Called(Occasion.BEFORE_DUE, due.isoformat(), now)]
    return []


def _overdue(due: date, zone: ZoneInfo, now: datetime) -> Called:
    """Only the latest: nobody gets four at once after a hub was off for a month."""
    day = due + FIRST_LATE
    while now >= _morning(day + LATE_AGAIN, zone):
        day += LATE_AGAIN
    return Called(Occasion.OVERDUE, f"{due.isoformat()}+{(day - due).days}", now)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone)
