"""Decides who is written to, hands out what is to be sent, and notes how it went. Nobody's address is stored here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.loan_slips import LoanSlip, SlipGroup
from medialab_hub.domain.mails import (
    Called,
    Delivery,
    Letter,
    MailRules,
    MailState,
    Occasion,
    Standing,
    called_for,
    is_reachable_everywhere,
    next_try,
)
from medialab_hub.errors import Conflict
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.loan_slips import slip_of
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.settings import Settings
from medialab_hub.storage import accounts, bookings
from medialab_hub.storage import devices as device_rows
from medialab_hub.storage import mails as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, Institution, Mail, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_AT_ONCE = 10
"""Mails one hub takes on together."""
LEASE = timedelta(minutes=15)
"""For so long nobody else tries what one hub is sending; after a crash it is sent then."""
_SINCE = "mails-since"
"""Setting: when mails were turned on."""
_GENERIC = {"de": "Geräte", "en": "Devices"}


class Missing(NamedTuple):
    """A mail that is called for and does not exist yet."""

    booking: str
    called: Called


@dataclass(frozen=True)
class MailOptions:
    """What the settings say about mails. `public_url` empty: no links."""

    zone: ZoneInfo
    days_before: int
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As they are set."""
        return cls(ZoneInfo(settings.timezone), settings.mail_days_before, settings.public_url)


def turn_on(uow: UnitOfWork) -> datetime:
    """Since when mails are on; now, when they never were."""
    known = accounts.settings(uow.session).get(_SINCE)
    if known is None:
        accounts.set_setting(uow.session, _SINCE, uow.now.isoformat())
        return uow.now
    return datetime.fromisoformat(known)


def missing(session: Session, rules: MailRules, now: datetime) -> list[Missing]:
    """What would have to be written and is not planned yet."""
    found = [(row[0].id, called) for row in rows.candidates(session, now) for called in _called(row, rules, now)]
    known = rows.known(session, {booking for booking, _ in found})
    return [Missing(*one) for one in found if (one[0], one[1].occasion.value, one[1].about) not in known]


def want(uow: UnitOfWork, wanted: Sequence[Missing]) -> int:
    """Plan these mails; returns how many of them nobody else had planned meanwhile."""
    return rows.add(
        uow.session,
        [
            {
                "id": uow.new_id("mai"),
                "booking_id": one.booking,
                "occasion": one.called.occasion.value,
                "about": one.called.about,
                "state": MailState.WAITING.value,
                "wanted_at": one.called.not_before,
                "next_at": one.called.not_before,
                "tries": 0,
                "trouble": "",
            }
            for one in wanted
        ],
    )


def is_something_due(session: Session, now: datetime) -> bool:
    """True when a mail is to be tried."""
    moment = rows.next_due(session)
    return moment is not None and moment <= now


def take(uow: UnitOfWork) -> list[str]:
    """Mails that are to be tried now; nobody else takes them for a while."""
    found = rows.due(uow.session, uow.now, MOST_AT_ONCE)
    for mail in found:
        mail.next_at = uow.now + LEASE
    return [mail.id for mail in found]


def letter(session: Session, mail_id: str, rules: MailRules, public_url: str, now: datetime) -> Letter | None:
    """What the mail says at this moment; None when it is not called for any more, or there is nobody to write to."""
    mail = rows.get(session, mail_id)
    candidate = None if mail is None else rows.candidate(session, mail.booking_id)
    if mail is None or candidate is None:
        return None
    occasion = Occasion(mail.occasion)
    if (occasion, mail.about) not in [(one.occasion, one.about) for one in _called(candidate, rules, now)]:
        return None
    return _written(session, mail, candidate[0], rules.zone, public_url)


def note(uow: UnitOfWork, mail_id: str, delivery: Delivery) -> None:
    """How a try went."""
    mail = rows.get(uow.session, mail_id)
    if mail is None:
        return
    mail.tries += 1
    mail.trouble, mail.reply = delivery.trouble or "", delivery.reply
    if delivery.trouble is None:
        mail.state, mail.sent_at = MailState.SENT.value, uow.now
        uow.record(Happened.MAIL_SENT, mail.booking_id, mail=mail.id, occasion=mail.occasion)
        return
    again = None if delivery.trouble.is_final else next_try(mail.tries, mail.wanted_at, uow.now)
    if again is not None:
        mail.next_at = again
        return
    mail.state = MailState.FAILED.value
    uow.record(Happened.MAIL_FAILED, mail.booking_id, mail=mail.id, occasion=mail.occasion, reply=mail.reply)


def drop(uow: UnitOfWork, mail_id: str) -> None:
    """It is not called for any more."""
    rows.remove(uow.session, mail_id)


def put_back(uow: UnitOfWork, mail_ids: Sequence[str], delivery: Delivery) -> None:
    """The server takes nothing at the moment: these count as tried, too."""
    for mail_id in mail_ids:
        note(uow, mail_id, delivery)


def try_again(uow: UnitOfWork, mail_id: str, actor: str) -> None:
    """Staff have mended what was wrong. Raises `Conflict` for one that was sent."""
    mail = _require_open(uow, mail_id)
    mail.state, mail.wanted_at, mail.next_at, mail.tries = MailState.WAITING.value, uow.now, uow.now, 0
    mail.trouble, mail.reply = "", None
    uow.record(Happened.MAIL_RETRIED, mail.booking_id, actor, mail=mail.id)
    uow.touch(BOOKINGS, mail.booking_id)


def give_up(uow: UnitOfWork, mail_id: str, actor: str) -> None:
    """Staff have told the person in another way: it counts as sent, and never comes again. Raises `Conflict`."""
    mail = _require_open(uow, mail_id)
    mail.state, mail.sent_at, mail.trouble = MailState.SENT.value, uow.now, ""
    uow.record(Happened.MAIL_GIVEN_UP, mail.booking_id, actor, mail=mail.id)


def _require_open(uow: UnitOfWork, mail_id: str) -> Mail:
    mail = rows.get(uow.session, mail_id)
    if mail is None:
        raise no_such("mail", mail_id)
    if mail.state == MailState.SENT:
        raise _already_sent(mail_id)
    return mail


def _already_sent(mail_id: str) -> Conflict:
    text = Text(de="Diese E-Mail ist schon verschickt.", en="This e-mail has been sent already.")
    return not_possible("mail-sent", text, mail_id)


def _called(row: rows.Candidate, rules: MailRules, now: datetime) -> list[Called]:
    booking, is_out, broken, was_told = row
    standing = Standing(
        decision=Decision(booking.decision),
        kind=BookingKind(booking.kind),
        made=booking.created_at,
        starts=booking.starts_at,
        ends=booking.ends_at,
        is_closed=booking.closed_at is not None,
        is_out=is_out,
        broken=broken,
        was_told=was_told,
    )
    return called_for(standing, rules, now)


def _written(session: Session, mail: Mail, booking: Booking, zone: ZoneInfo, public_url: str) -> Letter:
    said, occasion = accounts.settings(session), Occasion(mail.occasion)
    language = "en" if said.get(LANGUAGE) == "en" else "de"
    centre = said.get(CENTRE) or "MediaLab"
    person = session.get(Person, booking.person_id or "")
    assert person is not None
    place = booking.institution_id and session.get(Institution, booking.institution_id)
    slip = _slip(session, booking.id, centre)
    return Letter(
        key=mail.id,
        occasion=occasion,
        language=language,
        zone=zone,
        centre=centre,
        booking=booking.id,
        name=f"{person.given_name} {person.family_name}".strip(),
        address=person.email,
        institution=place.name if place else "",
        starts=booking.starts_at,
        ends=booking.ends_at,
        things=() if slip is None else _things(slip, occasion, _GENERIC[language]),
        link=_link(session, booking, public_url) if occasion.is_about_return else "",
        slip=slip if occasion is Occasion.CONFIRMED and booking.kind == BookingKind.LOAN else None,
    )


def _slip(session: Session, booking_id: str, centre: str) -> LoanSlip | None:
    try:
        return slip_of(session, booking_id, centre)
    except Conflict:  # nothing is kept for it
        return None


def _things(slip: LoanSlip, occasion: Occasion, generic: str) -> tuple[tuple[int, str], ...]:
    counted = ((_count(group, occasion), group.title or generic) for group in slip.groups)
    return tuple((count, title) for count, title in counted if count)


def _count(group: SlipGroup, occasion: Occasion) -> int:
    if occasion is Occasion.BROKEN:
        return group.missing
    if occasion.is_about_return:
        return sum(item.is_out for item in group.items)
    return len(group.items) + group.missing


def _link(session: Session, booking: Booking, public_url: str) -> str:
    """The address on the label of something that is out; only one that works in every network."""
    if not is_reachable_everywhere(public_url):
        return ""
    out = [row.device_id for _, row in bookings.kept_by(session, [booking.id]) if row.status == AllocationStatus.OUT]
    tag = next((one.asset_tag for one in device_rows.many(session, out) if one.asset_tag), None)
    return "" if tag is None else f"{public_url.rstrip('/')}/find/{quote(tag, safe='')}"
