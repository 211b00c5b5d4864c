"""The five letters a micro:bit calls itself by over Bluetooth, from the serial number of its chip; pure."""

import re

_CONSONANTS, _VOWELS = "zvgpt", "uoiea"
_PATTERN = re.compile(f"[{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}]")


def friendly_name(device_id: int) -> str:
    """The name for FICR DEVICEID[1], 32 bits (lancaster-university/microbit-dal: MicroBitDevice.cpp,
    microbit_friendly_name; its digits take away the remainder, not the digit's value). 0x12345678 is "vazav"."""
    number, place, size, letters = device_id & 0xFFFFFFFF, 1, 5, ""
    for index in range(5):
        digit = (number % size) // place
        number -= digit
        letters = (_VOWELS if index % 2 else _CONSONANTS)[digit] + letters
        place, size = size, size * 5
    return letters


def is_friendly_name(word: str) -> bool:
    """Whether a word could be such a name."""
    return _PATTERN.fullmatch(word) is not None
