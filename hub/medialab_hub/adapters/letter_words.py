"""The words of the mails, by what they are about. Short sentences: who reads them is in a corridor."""

from dataclasses import dataclass

from medialab_hub.domain.mails import Occasion
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Wording:
    """`subject` and `lead` may hold `{from}` and `{until}`, days without a time; `closing` says what to do."""

    subject: Text
    lead: Text
    closing: Text


_CALL = Text(
    de="Wenn etwas nicht stimmt, antworten Sie einfach auf diese E-Mail oder rufen Sie uns an.",
    en="If something is not right, simply answer this e-mail or call us.",
)

WORDINGS = {
    Occasion.CONFIRMED: Wording(
        Text(de="Ausleihe ab {from}: zugesagt", en="Loan from {from}: confirmed"),
        Text(
            de="Ihre Ausleihe ist zugesagt. Der Leihschein liegt als PDF bei.",
            en="Your loan is confirmed. The loan slip is attached as a PDF.",
        ),
        _CALL,
    ),
    Occasion.REJECTED: Wording(
        Text(de="Anfrage für {from}: leider nicht möglich", en="Request for {from}: sorry, not possible"),
        Text(
            de="Ihre Anfrage können wir leider nicht zusagen.",
            en="We are sorry that we cannot confirm your request.",
        ),
        Text(
            de="Rufen Sie uns gern an: Oft ist eine andere Zeit oder ein ähnliches Gerät frei.",
            en="Do call us: often another time or a similar device is free.",
        ),
    ),
    Occasion.CANCELED: Wording(
        Text(de="Ausleihe ab {from}: abgesagt", en="Loan from {from}: called off"),
        Text(
            de="Ihre Ausleihe ist abgesagt. Es ist nichts mehr für Sie vorgesehen.",
            en="Your loan has been called off. Nothing is kept for you any more.",
        ),
        Text(
            de="Wenn Sie das nicht erwartet haben, rufen Sie uns bitte an.",
            en="If you did not expect this, please call us.",
        ),
    ),
    Occasion.BROKEN: Wording(
        Text(de="Ausleihe ab {from}: es fehlt etwas", en="Loan from {from}: something is missing"),
        Text(
            de="Ein Teil Ihrer Ausleihe ist ausgefallen, zum Beispiel weil ein Gerät defekt oder noch nicht zurück "
            "ist. Es geht um:",
            en="We cannot keep a part of your loan, for example because a device is broken or not back yet. "
            "It is about:",
        ),
        Text(
            de="Wir suchen Ersatz. Rufen Sie uns bitte an, damit wir gemeinsam eine Lösung finden.",
            en="We are looking for a replacement. Please call us, so that we find a way together.",
        ),
    ),
    Occasion.BEFORE_DUE: Wording(
        Text(de="Erinnerung: Rückgabe am {until}", en="Reminder: to be returned on {until}"),
        Text(
            de="Bitte denken Sie an die Rückgabe. Zurzeit haben Sie von uns:",
            en="Please remember to bring things back. At present you have:",
        ),
        Text(
            de="Brauchen Sie es länger? Fragen Sie uns bitte vorher: Vielleicht wartet schon jemand darauf.",
            en="Do you need it longer? Please ask us before: somebody may be waiting for it.",
        ),
    ),
    Occasion.DUE: Wording(
        Text(de="Heute ist Rückgabe", en="To be returned today"),
        Text(de="Bitte bringen Sie heute zurück:", en="Please return today:"),
        Text(
            de="Schaffen Sie es heute nicht? Rufen Sie uns bitte kurz an.",
            en="You cannot make it today? Please give us a short call.",
        ),
    ),
    Occasion.OVERDUE: Wording(
        Text(de="Rückgabe war am {until}", en="It was to be returned on {until}"),
        Text(
            de="Diese Dinge sind noch nicht zurück. Andere warten vielleicht schon darauf:",
            en="These things are not back yet. Others may be waiting for them:",
        ),
        Text(
            de="Bitte bringen Sie alles bald zurück, auch wenn etwas kaputt ist oder fehlt, oder rufen Sie uns an.",
            en="Please return everything soon, even if something is broken or missing, or call us.",
        ),
    ),
}
HELLO = Text(de="Guten Tag", en="Hello")
INSTITUTION = Text(de="Für", en="For")
FROM = Text(de="Von", en="From")
UNTIL = Text(de="Rückgabe bis", en="Return by")
LINK = Text(de="Defekt melden oder verlängern", en="Report a defect or ask for more time")
BYE = Text(de="Mit freundlichen Grüßen", en="Kind regards")
AUTOMATIC = Text(
    de="Diese E-Mail hat ein Programm verschickt. Buchung {booking}",
    en="This e-mail was sent by a program. Booking {booking}",
)
SLIP_NAME = Text(de="Leihschein", en="Loan-slip")
