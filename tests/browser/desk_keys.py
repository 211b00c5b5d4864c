"""A USB scanner as a browser meets it: it presses places on a keyboard, of which the computer makes signs."""

import time
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

Places = dict[str, tuple[str, bool]]
"""For each sign the place of its key (W3C UI Events code values) and whether Shift is held."""

_BETWEEN_S = 0.004
"""From one event of a scanner to the next. The computer notes when a key was pressed, however late a page hears it."""

_DIGITS = [f"Digit{digit}" for digit in "1234567890"]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _layout(order: str, shifted_digits: str, signs: dict[str, tuple[str, str]]) -> Places:
    places: Places = {}
    for at, letter in zip(_LETTERS, order, strict=True):
        places[letter.lower()], places[letter] = (f"Key{at}", False), (f"Key{at}", True)
    for code, digit, shifted in zip(_DIGITS, "1234567890", shifted_digits, strict=True):
        places[digit], places[shifted] = (code, False), (code, True)
    for code, (plain, shifted) in signs.items():
        places[plain], places[shifted] = (code, False), (code, True)
    return places


def _places_of(printed: str) -> str:
    """For each letter of the alphabet the American place on which this keyboard has it."""
    return "".join(_LETTERS[printed.index(letter)] for letter in _LETTERS)


AMERICAN = _layout(
    _places_of(_LETTERS),
    "!@#$%^&*()",
    {
        "Minus": ("-", "_"),
        "Semicolon": (";", ":"),
        "Quote": ("'", '"'),
        "Comma": (",", "<"),
        "Period": (".", ">"),
        "Slash": ("/", "?"),
    },
)
GERMAN = _layout(
    _places_of("ABCDEFGHIJKLMNOPQRSTUVWXZY"),
    '!"§$%&/()=',
    {
        "Minus": ("ß", "?"),
        "Semicolon": ("ö", "Ö"),
        "Quote": ("ä", "Ä"),
        "Comma": (",", ";"),
        "Period": (".", ":"),
        "Slash": ("-", "_"),
    },
)


@dataclass
class Scanner:
    """`sends`: how the scanner is set; `reads`: what the computer takes it for."""

    page: Page
    sends: Places
    reads: Places

    def __post_init__(self) -> None:
        self._cdp: CDPSession = self.page.context.new_cdp_session(self.page)
        self._now = 0.0
        self._signs = {place: sign for sign, place in self.reads.items()}

    def scan(self, text: str, ends: str = "Enter") -> str:
        """Press it all without a pause, then Enter or Tab; answers what this computer made of it."""
        self._now = max(self._now, time.time())
        for sign in text:
            self._press(*self.sends[sign])
        self._key("keyDown", ends, ends, "\r" if ends == "Enter" else "", 0)
        self._key("keyUp", ends, ends, "", 0)
        return "".join(self._signs[self.sends[sign]] for sign in text)

    def _press(self, code: str, is_shifted: bool) -> None:
        sign, held = self._signs[code, is_shifted], 8 if is_shifted else 0
        if is_shifted:
            self._key("rawKeyDown", "ShiftLeft", "Shift", "", held)
        self._key("keyDown", code, sign, sign, held)
        self._key("keyUp", code, sign, "", held)
        if is_shifted:
            self._key("keyUp", "ShiftLeft", "Shift", "", 0)

    def _key(self, kind: str, code: str, key: str, text: str, held: int) -> None:
        virtual = {"Enter": 13, "Tab": 9, "Shift": 16}.get(
            key, ord(key[0].upper()) if code.startswith(("Key", "Digit")) else 0
        )
        self._now += _BETWEEN_S
        said = {
            "timestamp": self._now,
            "type": kind,
            "code": code,
            "key": key,
            "text": text,
            "modifiers": held,
            "windowsVirtualKeyCode": virtual,
        }
        self._cdp.send("Input.dispatchKeyEvent", said)
