"""Why DAPLink refused a program, in plain words: its numbers over the command channel, its FAIL.TXT on the drive."""

from collections.abc import Mapping

from medialab_agent.sdk.microbit.volume import fields
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_wire.texts import Text

_AGAIN = Text(de="Den Reset noch einmal starten.", en="Start the reset again.")
_CABLE = Text(
    de="Ein anderes Kabel und einen anderen Anschluss versuchen, dann den Reset noch einmal starten.",
    en="Try another cable and another port, then start the reset again.",
)
_REPAIR = Text(
    de="Bleibt es dabei, ist die Platine defekt: aussortieren.", en="If it stays like this, the board is broken."
)
_DAMAGED = Text(
    de="Das Programm kam beschädigt auf der Platine an.", en="The program arrived on the board in a damaged state."
)
_CHIP = Text(de="Die Platine erreicht ihren Hauptchip nicht.", en="The board does not reach its main chip.")
_PROTECTED = Text(
    de="Der Hauptchip der Platine ist gegen Überschreiben gesperrt.",
    en="The board's main chip is locked against being overwritten.",
)
_ERASE = Text(de="Der Speicher der Platine ließ sich nicht löschen.", en="The board's memory could not be erased.")
_STORE = Text(
    de="Der Speicher der Platine nahm das Programm nicht an.", en="The board's memory did not take the program."
)
_OTHER_BOARD = Text(
    de="Die Platine sagt, dass dieses Programm nicht für sie ist.", en="The board says this program is not for it."
)
_TRANSFER = Text(de="Die Übertragung auf die Platine brach ab.", en="The transfer to the board broke off.")
_UNKNOWN = Text(de="Die Platine hat das Programm abgelehnt.", en="The board refused the program.")

_BY_NUMBER: Mapping[int, tuple[Text, Text]] = {
    **dict.fromkeys((3, 4, 5, 6), (_TRANSFER, _CABLE)),
    **dict.fromkeys((7, 8, 9, 10, 11, 12), (_CHIP, _REPAIR)),
    **dict.fromkeys((13, 14), (_PROTECTED, _REPAIR)),
    **dict.fromkeys((15, 16), (_ERASE, _REPAIR)),
    **dict.fromkeys((17, 18), (_STORE, _REPAIR)),
    **dict.fromkeys((21, 22, 23), (_DAMAGED, _CABLE)),
    **dict.fromkeys((24, 25, 28, 29), (_OTHER_BOARD, _AGAIN)),
}
"""DAPLink: source/daplink/error.h; a micro:bit shows 500 and the number on its own display."""

_BY_WORDS: Mapping[str, int] = {
    "an error occurred during the transfer": 3,
    "the transfer timed out": 4,
    "possible mismatch between file size": 5,
    "file sent out of order": 6,
    "failed to reset": 7,
    "failed to download flash algorithm": 8,
    "flash algorithm missing": 9,
    "failed to initialize": 11,
    "failed to unlock": 14,
    "erase sector command": 15,
    "erase all command": 16,
    "write command": 17,
    "write verify command": 18,
    "checksum calculation": 21,
    "parser logic": 22,
    "isn't compatible with this mode": 24,
    "file format is unknown": 28,
    "image is not compatible": 29,
}
"""DAPLink: source/daplink/error.c, as FAIL.TXT quotes it."""


def refusal(number: int) -> DeviceTrouble:
    """For an answer of the command channel."""
    text, remedy = _BY_NUMBER.get(number, (_UNKNOWN, _AGAIN))
    return Refused("board-refused", text, remedy, f"DAPLink {number}")


def refusal_on_drive(fail_txt: str) -> DeviceTrouble:
    """For the content of FAIL.TXT; nothing of it is repeated, for it is the device's."""
    words = fields(fail_txt).get("error", "").lower()
    number = next((number for begin, number in _BY_WORDS.items() if begin in words), 1)
    return refusal(number)
