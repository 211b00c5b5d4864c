"""What is shown of mails: for which booking, why, when, and what went wrong; never to whom."""

from collections.abc import Iterable

from medialab_hub.checks.finding import MailFact
from medialab_hub.domain.mails import MailState, Trouble
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import mails
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, Institution, Mail

MOST = 200
"""Mails looked at, or shown, at once."""


def in_trouble(session: Session) -> list[Row]:
    """Mails that did not get through, or not yet."""
    return _views(mails.in_trouble(session, MOST))


def of_booking(session: Session, booking_id: str) -> list[Row]:
    """All about a booking, the latest first."""
    return _views(mails.of_booking(session, booking_id))


def facts_of_trouble(session: Session) -> list[MailFact]:
    """The same, as checks look at it."""
    return [_fact(session, mail) for mail in mails.in_trouble(session, MOST)]


def _views(found: Iterable[Mail]) -> list[Row]:
    return [
        {
            "id": mail.id,
            "booking": mail.booking_id,
            "occasion": mail.occasion,
            "state": mail.state,
            "tries": mail.tries,
            "trouble": mail.trouble or None,
            "reply": mail.reply,
            "next": stamp(mail.next_at) if mail.state == MailState.WAITING else None,
            "sent": stamp(mail.sent_at),
        }
        for mail in found
    ]


def _fact(session: Session, mail: Mail) -> MailFact:
    booking = session.get(Booking, mail.booking_id)
    place = None if booking is None else session.get(Institution, booking.institution_id or "")
    return MailFact(
        mail.id,
        mail.booking_id,
        mail.occasion,
        mail.trouble,
        mail.state == MailState.FAILED,
        mail.trouble != "" and Trouble(mail.trouble).is_the_servers,
        "" if place is None else place.name,
    )
