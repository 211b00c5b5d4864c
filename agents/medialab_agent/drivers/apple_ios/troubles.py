"""What can go wrong with an iPad, in words people can act on."""

from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

TRUST = Text(
    de="iPad entsperren, „Diesem Computer vertrauen“ antippen und den Code des iPads eingeben. "
    "Erscheint die Frage nicht: „Verbinden“ wählen.",
    en="Unlock the iPad, tap “Trust this computer” and enter the iPad's passcode. "
    "If the question does not appear: choose “Connect”.",
)
UNLOCK = Text(
    de="iPad entsperren und den Bildschirm anlassen, bis es hier weitergeht.",
    en="Unlock the iPad and keep its screen on until this goes on.",
)
CABLE = Text(
    de="iPad mit einem USB-Kabel anschließen und einschalten.", en="Connect the iPad by a USB cable and switch it on."
)


class NotTrusted(NeedsPerson):
    """The iPad does not know this computer (any more)."""


def not_trusted() -> NotTrusted:
    """Nobody has allowed this computer yet, or the iPad was erased since."""
    return NotTrusted(
        "not-trusted",
        Text(de="Das iPad vertraut diesem Computer noch nicht.", en="The iPad does not trust this computer yet."),
        TRUST,
    )


def denied() -> NeedsPerson:
    """Somebody tapped “Don't trust”."""
    return NeedsPerson(
        "trust-denied",
        Text(de="Auf dem iPad wurde „Nicht vertrauen“ gewählt.", en="“Don't trust” was chosen on the iPad."),
        Text(
            de="Kabel ab- und wieder anstecken, „Verbinden“ wählen und „Vertrauen“ antippen.",
            en="Unplug the cable and plug it in again, choose “Connect” and tap “Trust”.",
        ),
    )


def locked() -> NeedsPerson:
    """A passcode keeps us out."""
    return NeedsPerson("device-locked", Text(de="Das iPad ist gesperrt.", en="The iPad is locked."), UNLOCK)


def away(detail: str = "") -> Unreachable:
    """It is not on the cable, or does not answer there."""
    return Unreachable(
        "device-unreachable", Text(de="Das iPad antwortet nicht.", en="The iPad does not answer."), CABLE, detail
    )


def garbled(detail: str = "") -> DeviceTrouble:
    """It answered something that is no answer."""
    return DeviceTrouble(
        "device-garbled",
        Text(de="Das iPad antwortet unverständlich.", en="The iPad's answer makes no sense."),
        Text(
            de="iPad neu starten und wieder anschließen.",
            en="Restart the iPad and connect it again.",
        ),
        detail,
    )


def refused(detail: str = "") -> Refused:
    """It understood and said no."""
    return Refused(
        "device-refused",
        Text(de="Das iPad hat den Auftrag abgelehnt.", en="The iPad refused the order."),
        Text(
            de="Am iPad unter „Einstellungen“ von Hand erledigen.",
            en="Do it by hand in the iPad's settings.",
        ),
        detail,
    )


def no_service(detail: str = "") -> DeviceTrouble:
    """The program that carries USB connections to iPads is not there."""
    return Unreachable(
        "usbmuxd-missing",
        Text(de="Der Dienst „usbmuxd“ antwortet nicht.", en="The service “usbmuxd” does not answer."),
        Text(de="sudo apt install usbmuxd", en="sudo apt install usbmuxd"),
        detail,
    )


def of_lockdown(error: str) -> DeviceTrouble:
    """The trouble behind one of lockdownd's error words (libimobiledevice, src/lockdown.c)."""
    if error in {"InvalidHostID", "InvalidPairRecord", "PairingDialogResponsePending", "InvalidConnection"}:
        return not_trusted()
    if error == "UserDeniedPairing":
        return denied()
    if error in {"PasswordProtected", "DeviceLocked", "EscrowLocked"}:
        return locked()
    return refused(error)
