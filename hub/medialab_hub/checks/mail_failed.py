"""An e-mail to a borrower did not get through: the person knows nothing of it yet."""

from collections.abc import Mapping

from medialab_hub.checks.finding import Finding, MailFact, Suggestion
from medialab_wire.texts import Text

_OCCASIONS: Mapping[str, Text] = {
    "confirmed": Text(de="Zusage", en="Confirmation"),
    "rejected": Text(de="Absage der Anfrage", en="Refusal of the request"),
    "canceled": Text(de="Absage", en="Cancellation"),
    "broken": Text(de="Nachricht über fehlende Geräte", en="Message about missing devices"),
    "before_due": Text(de="Erinnerung", en="Reminder"),
    "due": Text(de="Erinnerung am Rückgabetag", en="Reminder on the day of return"),
    "overdue": Text(de="Mahnung", en="Overdue notice"),
}
_WHY: Mapping[str, Text] = {
    "address": Text(
        de="Die Adresse gibt es nicht, oder sie ist falsch geschrieben.",
        en="The address does not exist, or it is misspelt.",
    ),
    "content": Text(de="Der Mailserver nimmt diese E-Mail nicht an.", en="The mail server refuses this e-mail."),
}
_LATER = Text(de="Es wurde eine Woche lang immer wieder versucht.", en="It was tried again and again for a week.")
_SEND_AGAIN = Suggestion(
    "mail-again",
    Text(
        de="Die Adresse der Person berichtigen und unter „Mehr → Daten und Kalender“ noch einmal senden. "
        "Oder dort anrufen und die Nachricht als erledigt ablegen.",
        en="Correct the person's address and send it again under “More → Data and calendars”. "
        "Or call them and put the message aside there.",
    ),
)


def check(mail: MailFact) -> Finding | None:
    """One finding while the mail has failed."""
    if not mail.is_failed:
        return None
    occasion = _OCCASIONS[mail.occasion]
    who, why = mail.about or mail.booking, _WHY.get(mail.trouble, _LATER)
    title = Text(de=f"{occasion.de} nicht zugestellt: {who}", en=f"{occasion.en} not delivered: {who}")
    detail = Text(de=f"{why.de} Buchung {mail.booking}.", en=f"{why.en} Booking {mail.booking}.")
    return Finding("mail-failed", mail.id, "warning", title, detail, suggestions=(_SEND_AGAIN,))
