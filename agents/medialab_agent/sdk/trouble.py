"""Errors a driver raises: each has a stable code, what happened, and what to do."""

from medialab_wire.progress import Trouble
from medialab_wire.texts import Text


class DeviceTrouble(Exception):
    """Something went wrong with one device. Becomes the step's and the report's trouble."""

    def __init__(self, code: str, text: Text, remedy: Text | None = None, detail: str = "") -> None:
        super().__init__(f"{code}: {text.en} {detail}".strip())
        self.trouble = Trouble(code=code, text=text, remedy=remedy, detail=detail[:512])


class Unreachable(DeviceTrouble):
    """The device does not answer; trying again later may help."""


class Refused(DeviceTrouble):
    """The device answered and said no; trying again will not help."""


class NeedsPerson(DeviceTrouble):
    """Somebody has to do something at the device first."""


def unreachable(detail: str = "") -> Unreachable:
    """The common case: no answer."""
    return Unreachable(
        "device-unreachable",
        Text(de="Das Gerät antwortet nicht.", en="The device does not answer."),
        Text(de="Kabel, Strom und Netzwerk prüfen.", en="Check cable, power and network."),
        detail,
    )
