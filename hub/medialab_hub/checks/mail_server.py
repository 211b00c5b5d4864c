"""No mail gets through: the mail server cannot be reached, or does not let the hub in."""

from collections.abc import Mapping, Sequence

from medialab_hub.checks.finding import Finding, MailFact, Suggestion
from medialab_wire.texts import Text

_WHY: Mapping[str, Text] = {
    "unreachable": Text(
        de="Der Mailserver antwortet nicht. Ist das Netz da, stimmen Name und Port?",
        en="The mail server does not answer. Is the network up, are name and port right?",
    ),
    "insecure": Text(
        de="Die Verbindung ist nicht sicher: Der Server verschlüsselt nicht, oder seinem Zertifikat ist nicht zu "
        "trauen.",
        en="The connection is not safe: the server does not encrypt, or its certificate cannot be trusted.",
    ),
    "login": Text(
        de="Der Mailserver lässt den Hub nicht hinein: Name oder Passwort stimmen nicht.",
        en="The mail server does not let the hub in: name or password is wrong.",
    ),
    "sender": Text(
        de="Der Mailserver nimmt keine E-Mails von der Absender-Adresse des Hubs an.",
        en="The mail server takes no e-mails from the hub's sender address.",
    ),
}
_SETTINGS = Suggestion(
    "mail-settings",
    Text(
        de="Die Einstellungen MEDIALAB_SMTP_… des Hubs prüfen. Was wartet, geht von selbst hinaus, sobald es geht.",
        en="Check the hub's settings MEDIALAB_SMTP_…. What waits goes out by itself as soon as it can.",
    ),
)


def check(mails: Sequence[MailFact]) -> Finding | None:
    """One finding while mails wait because of the server."""
    waiting = [mail for mail in mails if mail.is_servers and not mail.is_failed]
    if not waiting:
        return None
    count = len(waiting)
    return Finding(
        "mail-server",
        "mails",
        "error",
        Text(de=f"E-Mails gehen nicht hinaus: {count} warten", en=f"E-mails do not get through: {count} waiting"),
        _WHY[waiting[0].trouble],
        suggestions=(_SETTINGS,),
    )
