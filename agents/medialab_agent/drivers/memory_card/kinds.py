"""What kind of device holds the card: a camera, a recorder, or what nobody can say, by what its cable tells; pure."""

import re
from collections.abc import Mapping

_CAMERA = re.compile(
    r"camera|camcorder|video|canon|nikon|gopro|fujifilm|finepix|lumix|coolpix|powershot|cyber-?shot|insta360|osmo"
    r"|\b(eos|hero\d*|dsc|dslr|ilce|dc|pentax)\b"
)
"""Said by cameras of themselves: makers that sell no recorders, and series names (usb.ids)."""
_RECORDER = re.compile(
    r"recorder|dictaphone|tascam|edirol|linear pcm|\b(zoom|voice|icd|ws|dr-?\d+\w*|h\d+(n|e|pro|essential)?)\b"
)
"""The same for recorders; a maker of both, such as Olympus or Sony, says neither by its name alone."""


def kind_of(facts: Mapping[str, str]) -> str:
    """`camera`, `audio` or, where neither is told, `card`. "Video recorder" is a camera."""
    said = " ".join(facts.get(key, "") for key in ("vendor", "product", "labels")).lower().replace("_", " ")
    if _CAMERA.search(said):
        return "camera"
    return "audio" if _RECORDER.search(said) else "card"
