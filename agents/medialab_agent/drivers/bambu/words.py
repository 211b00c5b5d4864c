"""Sentences several parts of this driver share."""

from medialab_agent.sdk.trouble import NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

CODE_HELP = Text(
    de="Für diesen Drucker fehlt der Zugangscode. Am Drucker unter „Einstellungen → WLAN/LAN“ nachsehen und hier unter"
    " „Zugang“ eintragen.",
    en="The access code of this printer is missing. Look it up at the printer under “Settings → WLAN/LAN” and enter it"
    " here under “Access”.",
)
WRONG_CODE = Text(
    de="Der Drucker nimmt den eingetragenen Zugangscode nicht an. Am Drucker nachsehen und hier unter „Zugang“ neu"
    " eintragen.",
    en="The printer does not accept the access code that was entered. Look it up at the printer and enter it again"
    " here under “Access”.",
)
DEVELOPER_HELP = Text(
    de="Am Drucker „Nur LAN“ und darunter den „Entwicklermodus“ einschalten; vorher nimmt er keine Befehle an.",
    en="Switch on “LAN Only” at the printer, and “Developer Mode” below it; before that it takes no commands.",
)
TRUST_HELP = Text(
    de="Der Drucker weist sich anders aus als bisher. Wurde er zurückgesetzt oder getauscht, hier „Neu vertrauen“"
    " wählen; sonst den Netzwerkbetreuer fragen.",
    en="The printer proves itself differently than before. If it was reset or exchanged, choose “Trust anew” here;"
    " otherwise ask whoever looks after the network.",
)


def not_let_in(has_code: bool) -> NeedsPerson:
    """No access code yet, or the printer does not accept it (any more)."""
    return NeedsPerson(
        "not-paired",
        Text(de="Der Drucker lässt uns noch nicht hinein.", en="The printer does not let us in yet."),
        WRONG_CODE if has_code else CODE_HELP,
    )


def no_developer_mode() -> NeedsPerson:
    """It shows its state to everybody with the code, and obeys only in Developer Mode."""
    return NeedsPerson(
        "needs-developer-mode",
        Text(
            de="Der Drucker nimmt keine Befehle an, weil sein Entwicklermodus aus ist.",
            en="The printer takes no commands because its Developer Mode is off.",
        ),
        DEVELOPER_HELP,
    )


def not_the_same() -> NeedsPerson:
    """Its certificate is neither the known one nor signed by the given authority, or names another printer."""
    return NeedsPerson(
        "other-device",
        Text(
            de="Unter dieser Adresse weist sich jemand anderes aus.",
            en="Somebody else proves their identity at this address.",
        ),
        TRUST_HELP,
    )


def no_card() -> NeedsPerson:
    """There is nowhere to put a file."""
    return NeedsPerson(
        "no-storage",
        Text(de="Im Drucker steckt keine Speicherkarte.", en="There is no memory card in the printer."),
        Text(de="Eine Speicherkarte in den Drucker stecken.", en="Put a memory card into the printer."),
    )


def refused(command: str, reason: str) -> Refused:
    """It answered a command with no."""
    return Refused(
        "printer-refused",
        Text(de="Der Drucker hat den Befehl abgelehnt.", en="The printer refused the command."),
        Text(de="An der Anzeige des Druckers nachsehen.", en="Look at the printer's display."),
        f"{command}: {reason}"[:200],
    )


def bad_answer(detail: str = "") -> Unreachable:
    """Something answered that does not make sense."""
    return Unreachable(
        "bad-answer",
        Text(de="Der Drucker antwortet Unverständliches.", en="The printer answers something unintelligible."),
        Text(de="Den Drucker aus- und wieder einschalten.", en="Switch the printer off and on again."),
        detail,
    )
