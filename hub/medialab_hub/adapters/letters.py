"""Makes an e-mail of a letter: plain text, and the loan slip beside it. What people typed never becomes a header."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from medialab_hub.adapters import letter_words as words
from medialab_hub.adapters.loan_slip_words import DAYS, MONTHS, in_language, local_moment
from medialab_hub.domain.mails import Letter, Occasion
from medialab_hub.domain.typed_words import has_hidden, visible
from medialab_wire.texts import Text

Slip = Callable[[Letter], bytes]
"""Prints the loan slip of a letter."""
_A_MOMENT = timedelta(microseconds=1)


class NoAddress(Exception):
    """Nothing can be sent to what stands there as an address."""


def message_of(letter: Letter, sender: str, now: datetime, slip: Slip) -> EmailMessage:
    """The e-mail. Sent twice it has the same Message-ID, by which mail servers notice. Raises `NoAddress`."""
    own = address_of(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(shown(letter.centre), own.username, own.domain)
    recipient = address_of(letter.address)
    message["To"] = Address(shown(letter.name), recipient.username, recipient.domain)
    message["Subject"] = shown(_subject(letter))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.key}.{letter.occasion.value}@{own.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes in answer, please
    message["Content-Language"] = letter.language
    message.set_content(text_of(letter), cte="quoted-printable")
    if letter.slip is not None:
        name = f"{in_language(words.SLIP_NAME, letter.language)}-{letter.booking}.pdf"
        message.add_attachment(slip(letter), maintype="application", subtype="pdf", filename=name)
    return message


def address_of(typed: str) -> Address:
    """An address as it travels: its domain in ASCII. Raises `NoAddress`."""
    local, _, domain = typed.rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
        if not local or not host or has_hidden(typed) or any(sign in typed for sign in "\r\n<>,; "):
            raise NoAddress(typed)
        if local.isascii():
            return Address(addr_spec=f"{local}@{host}")
        return Address(username=local, domain=host)
    except (HeaderParseError, ValueError, IndexError, AttributeError) as error:
        raise NoAddress("not an address") from error


def text_of(letter: Letter) -> str:
    """What is read."""
    say = _Say(letter)
    wording = words.WORDINGS[letter.occasion]
    facts = [
        (words.INSTITUTION, letter.institution),
        (words.FROM, "" if letter.occasion.is_about_return else say.moment(letter.starts)),
        (words.UNTIL, say.moment(letter.ends)),
        (words.LINK, letter.link),
    ]
    parts = [
        f"{say(words.HELLO)} {shown(letter.name)},",
        say(wording.lead),
        "\n".join(f"- {count} × {shown(name)}" for count, name in letter.things),
        "\n".join(f"{say(label)}: {shown(value)}" for label, value in facts if value),
        say(wording.closing),
        f"{say(words.BYE)}\n{shown(letter.centre)}",
        f"--\n{say(words.AUTOMATIC).format(booking=letter.booking)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def shown(typed: str) -> str:
    """One line without signs that nobody can see, and without what mail programs would decode (RFC 2047)."""
    return visible(typed).replace("=?", "= ?")


def _subject(letter: Letter) -> str:
    say = _Say(letter)
    days = {"from": say.day(letter.starts), "until": say.day(letter.ends - _A_MOMENT)}
    subject = say(words.WORDINGS[letter.occasion].subject).format(**days)
    return f"{subject} ({letter.centre})" if letter.occasion is not Occasion.DUE else f"{subject}: {letter.centre}"


class _Say:
    """In the language and the time zone of a letter."""

    def __init__(self, letter: Letter) -> None:
        self._language, self._zone = letter.language, letter.zone

    def __call__(self, text: Text) -> str:
        return in_language(text, self._language)

    def moment(self, moment: datetime) -> str:
        return local_moment(moment, self._zone, self._language)

    def day(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        name, month = DAYS[self._language][local.weekday()], MONTHS[self._language][local.month - 1]
        return f"{name}, {local.day} {month}" if self._language == "en" else f"{name}, {local.day}. {month}"
