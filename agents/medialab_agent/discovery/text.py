"""Turns hostile bytes and strings from devices and networks into short, valid text."""

import re

LONGEST = 512
"""Characters; the limit of `medialab_wire.base.ShortText`."""

_NOT_IN_KEYS = re.compile(r"[^a-z0-9._-]+")


def short(value: str | bytes | None) -> str:
    """Valid, printable, trimmed text of at most 512 characters. Never raises; nothing becomes the empty string."""
    if value is None:
        return ""
    raw = value if isinstance(value, bytes) else value.encode("utf-8", _handler(value))
    printable = (c if c.isprintable() else " " for c in raw[: LONGEST * 4].decode("utf-8", "replace"))
    return "".join(printable).strip()[:LONGEST].rstrip()


def fact_key(value: str | bytes) -> str:
    """A fact's key: lower case letters, digits, dot, underscore, hyphen; at most 64 characters, may be empty."""
    return _NOT_IN_KEYS.sub("-", short(value).lower()).strip("-")[:64]


def filled(facts: dict[str, str]) -> dict[str, str]:
    """The facts that say something."""
    return {key: value for key, value in facts.items() if value}


def _handler(value: str) -> str:
    """Bytes that Python could not decode (PEP 383) are given back; other lone surrogates become question marks."""
    is_escaped = all(not 0xD800 <= ord(c) <= 0xDFFF or 0xDC80 <= ord(c) <= 0xDCFF for c in value)
    return "surrogateescape" if is_escaped else "replace"
