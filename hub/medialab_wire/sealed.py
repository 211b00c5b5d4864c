"""What a person types for one device travels sealed to the agent's key: its form, its limits, what it is bound to.

How to seal: HPKE of RFC 9180, base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305;
`info` is `bound_to(dev, key)`, the plaintext `padded(text)`. The wire itself does no cryptography."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from pydantic import StringConstraints

AccessKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
"""Name of something a device asks for, such as `password`."""
SealedText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{100,1600}$")]
"""Encapsulated key and ciphertext, as base64url without `=`."""
MOST_CHARACTERS = 256
"""Of what a person types."""
SEAL_KEY = r"[A-Za-z0-9_-]{43}"
"""An agent's public key: X25519, 32 bytes (RFC 7748), as base64url without `=`."""
_BLOCK = 64
_LABEL = b"medialab access 1"


def bound_to(dev: str, key: str) -> bytes:
    """What ties a sealed text to one connection and one key: moved to another, it cannot be opened."""
    return b"\0".join((_LABEL, dev.encode(), key.encode()))


def padded(text: str) -> bytes:
    """Length, text and zeros up to a whole number of blocks, so that its size hardly tells how long a password is."""
    raw = text.encode()
    body = len(raw).to_bytes(2, "big") + raw
    return body + bytes(-len(body) % _BLOCK)


def unpadded(body: bytes) -> str:
    """The text. Raises ValueError for what `padded` did not make."""
    size = int.from_bytes(body[:2], "big")
    if len(body) < 2 + size or any(body[2 + size :]):
        raise ValueError("not a padded text")
    return body[2 : 2 + size].decode()


def to_text(raw: bytes) -> str:
    """As base64url without `=`."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def to_bytes(text: str) -> bytes:
    """Of `to_text`. Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
