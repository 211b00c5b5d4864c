"""Sentences and troubles several parts of this driver share."""

from medialab_agent.sdk.trouble import NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

_PLUG_AGAIN = Text(
    de="Das Board ab- und wieder anstecken. Hilft das nicht, sein Bootprogramm erneuern lassen.",
    en="Unplug the board and plug it in again. If that does not help, have its boot program renewed.",
)


def no_answer() -> Unreachable:
    """Nobody answered in any language at any speed."""
    return Unreachable(
        "no-boot-program",
        Text(
            de="Das Board antwortet nicht auf seinen Weckruf.",
            en="The board does not answer when it is woken.",
        ),
        _PLUG_AGAIN,
    )


def other_chip(signature: str) -> Refused:
    """A chip that does not belong on such a board."""
    return Refused(
        "wrong-chip",
        Text(
            de="Auf diesem Board sitzt ein anderer Chip als erwartet. Es wurde nichts geschrieben.",
            en="This board carries another chip than expected. Nothing was written.",
        ),
        Text(de="Das Board von Hand prüfen.", en="Check the board by hand."),
        signature,
    )


def no_port() -> NeedsPerson:
    """USB shows the board, but there is no serial port."""
    return NeedsPerson(
        "no-port",
        Text(de="Das Board zeigt keinen seriellen Anschluss.", en="The board shows no serial port."),
        _PLUG_AGAIN,
    )


def no_usb_place() -> Refused:
    """Which USB port it is plugged into is not known, so that another board of its kind could be written instead."""
    return Refused(
        "no-usb-place",
        Text(
            de="Es ist nicht zu erkennen, an welcher USB-Buchse dieses Board steckt. Es wurde nichts geschrieben.",
            en="It cannot be told which USB port this board is plugged into. Nothing was written.",
        ),
        Text(
            de="Das Board an eine andere USB-Buchse anstecken und noch einmal zurücksetzen.",
            en="Plug the board into another USB port, then reset again.",
        ),
    )


def press_reset() -> NeedsPerson:
    """The running program does not hand over to the boot program."""
    return NeedsPerson(
        "press-reset",
        Text(
            de="Das Programm auf dem Board lässt das Bootprogramm nicht starten.",
            en="The program on the board does not let the boot program start.",
        ),
        Text(
            de="Die Reset-Taste am Board zweimal kurz nacheinander drücken und dann noch einmal zurücksetzen.",
            en="Press the reset button on the board twice in quick succession, then reset again.",
        ),
    )


def not_started_again() -> NeedsPerson:
    """It showed itself by its boot program, and its own program was not seen afterwards."""
    return NeedsPerson(
        "not-started-again",
        Text(
            de="Das Board hat sich gezeigt, aber sein Programm meldet sich noch nicht wieder.",
            en="The board showed itself, but its program has not come back yet.",
        ),
        Text(
            de="Die Reset-Taste am Board einmal drücken oder das Board ab- und wieder anstecken.",
            en="Press the reset button on the board once, or unplug the board and plug it in again.",
        ),
    )


def not_offered(tool: str) -> Refused:
    """A board that is recognised and whose writing nobody has tried with this program."""
    return Refused(
        "board-not-supported",
        Text(
            de="Dieses Board wird erkannt, kann aber noch nicht zurückgesetzt werden.",
            en="This board is recognised, but cannot be reset yet.",
        ),
        Text(
            de="Ein Programm mit der Arduino-Oberfläche aufspielen und von Hand prüfen.",
            en="Put a program on it with the Arduino IDE and check it by hand.",
        ),
        f"{tool} was never tried here",
    )


def unknown_order(detail: str) -> Refused:
    """Neither an action nor a level of the manifest."""
    return Refused(
        "unknown-order", Text(de="Das kann dieses Board nicht.", en="This board cannot do that."), None, detail
    )


def not_kept(detail: str) -> Refused:
    """The memory does not hold what was written to it."""
    return Refused(
        "not-kept",
        Text(
            de="Das Board behält nicht, was aufgespielt wurde.",
            en="The board does not keep what is written to it.",
        ),
        Text(
            de="Ein anderes Kabel versuchen; bleibt es dabei, ist das Board defekt.",
            en="Try another cable; if it stays like this, the board is broken.",
        ),
        detail,
    )
