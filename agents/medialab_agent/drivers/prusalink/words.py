"""Sentences several parts of this driver share."""

from medialab_agent.sdk.trouble import NeedsPerson, Unreachable
from medialab_wire.texts import Text

ACCESS_HELP = Text(
    de="Für diesen Drucker fehlt das PrusaLink-Passwort. Am Drucker unter „Einstellungen → Netzwerk → PrusaLink“"
    " nachsehen und hier unter „Zugang“ eintragen.",
    en="The PrusaLink password of this printer is missing. Look it up at the printer under “Settings → Network →"
    " PrusaLink” and enter it here under “Access”.",
)
WRONG_HELP = Text(
    de="Der Drucker nimmt das eingetragene PrusaLink-Passwort nicht an. Am Drucker nachsehen und hier unter „Zugang“"
    " neu eintragen.",
    en="The printer does not accept the PrusaLink password that was entered. Look it up at the printer and enter it"
    " again here under “Access”.",
)
PANEL_HELP = Text(
    de="Der Drucker wartet auf jemanden: bitte an seine Anzeige schauen und dort bestätigen.",
    en="The printer waits for somebody: please look at its display and confirm there.",
)


def not_let_in(has_credentials: bool) -> NeedsPerson:
    """No password yet, or the printer does not accept it (any more)."""
    return NeedsPerson(
        "not-paired",
        Text(de="Der Drucker lässt uns noch nicht hinein.", en="The printer does not let us in yet."),
        WRONG_HELP if has_credentials else ACCESS_HELP,
    )


def at_the_panel(state: str) -> NeedsPerson:
    """ATTENTION and ERROR end only at the printer itself."""
    return NeedsPerson(
        "printer-waits",
        Text(de="Der Drucker wartet auf jemanden.", en="The printer waits for somebody."),
        PANEL_HELP,
        state,
    )


def no_storage() -> NeedsPerson:
    """There is nowhere to put a file."""
    return NeedsPerson(
        "no-storage",
        Text(de="Im Drucker steckt kein USB-Stick.", en="There is no USB stick in the printer."),
        Text(de="Einen USB-Stick in den Drucker stecken.", en="Put a USB stick into the printer."),
    )


def bad_answer(detail: str = "") -> Unreachable:
    """Something answered that does not make sense."""
    return Unreachable(
        "bad-answer",
        Text(de="Der Drucker antwortet Unverständliches.", en="The printer answers something unintelligible."),
        Text(de="Den Drucker aus- und wieder einschalten.", en="Switch the printer off and on again."),
        detail,
    )
