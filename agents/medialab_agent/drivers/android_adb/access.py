"""What an adb state means for people: may we talk to it, and what has to be done."""

from dataclasses import dataclass

from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Hint:
    """Presence, access and the words that help."""

    presence: Presence
    access: Access
    help: Text | None


OK = Hint(Presence.PRESENT, Access.OK, None)
_ALLOW = Hint(
    Presence.PRESENT,
    Access.NEEDS_PERSON,
    Text(
        de="Bitte am Gerät auf „Zulassen“ tippen und „Von diesem Computer immer zulassen“ ankreuzen.",
        en="Please tap “Allow” on the device and tick “Always allow from this computer”.",
    ),
)
_PERMISSION = Hint(
    Presence.PRESENT,
    Access.NEEDS_PERSON,
    Text(
        de="Diesem Computer fehlt das Recht, das Gerät anzusprechen. „medialab-agent doctor“ nennt die Abhilfe.",
        en="This computer lacks the right to talk to the device. “medialab-agent doctor” names the remedy.",
    ),
)
_MODE = Hint(
    Presence.PRESENT,
    Access.NEEDS_PERSON,
    Text(
        de="Das Gerät steht im Wartungsmodus. Bitte neu starten (Einschalttaste lange drücken).",
        en="The device is in a maintenance mode. Please restart it (hold the power button).",
    ),
)
_SILENT = Hint(
    Presence.SILENT,
    Access.NEEDS_PERSON,
    Text(
        de="Das Gerät antwortet nicht. Bitte aufwecken und das Kabel neu einstecken.",
        en="The device does not answer. Please wake it and plug the cable in again.",
    ),
)
_UNSEEN = Hint(
    Presence.SILENT,
    Access.NEEDS_PERSON,
    Text(
        de="Das Gerät steckt am Computer, antwortet aber nicht. Bitte entsperren und „USB-Debugging“ einschalten.",
        en="The device is plugged in but does not answer. Please unlock it and switch on “USB debugging”.",
    ),
)
_STATES = {
    "device": OK,
    "unauthorized": _ALLOW,
    "authorizing": _ALLOW,
    "connecting": _SILENT,
    "offline": _SILENT,
    "recovery": _MODE,
    "rescue": _MODE,
    "sideload": _MODE,
    "bootloader": _MODE,
}


def silence(state: Hint, detail: str) -> Unreachable:
    """A silent device as trouble, with the same words."""
    text = state.help or Text(de="Das Gerät antwortet nicht.", en="The device does not answer.")
    return Unreachable("device-unreachable", text, None, detail)


def hint(state: str | None) -> Hint:
    """For a state as adb prints it (AOSP adb.h); None: the server does not list the device."""
    if state is None:
        return _UNSEEN
    if state.startswith("no permissions"):
        return _PERMISSION
    return _STATES.get(state, _SILENT)
