"""The agent's key pair: people's passwords for devices come sealed to it, and only here are they opened."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from medialab_wire import sealed

log = logging.getLogger(__name__)

FILE = "seal-key"
"""In the data folder: the private key, 32 bytes in base64url; only its owner may read it."""
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealKey:
    """Read from its file, or made with it at the first start. Raises OSError.

    A file that cannot be read as a key is replaced: what was sealed to the old one has to be typed in again."""

    def __init__(self, file: Path) -> None:
        self._private = _read(file) or _make(file)

    @property
    def public(self) -> str:
        """What the hub seals to; base64url."""
        return sealed.to_text(self._private.public_key().public_bytes_raw())

    def open_all(self, texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        """What a person entered, by connection and key. What was not sealed to this key and for that place is left
        out, and stated."""
        opened = {dev: self._open_those_of(dev, those) for dev, those in texts.items()}
        return {dev: those for dev, those in opened.items() if those}

    def _open_those_of(self, dev: str, those: Mapping[str, str]) -> dict[str, str]:
        found = ((key, self._open(dev, key, text)) for key, text in those.items())
        return {key: text for key, text in found if text is not None}

    def _open(self, dev: str, key: str, text: str) -> str | None:
        try:
            body = SUITE.decrypt(sealed.to_bytes(text), self._private, info=sealed.bound_to(dev, key))
            return sealed.unpadded(body)
        except (InvalidTag, ValueError):
            log.warning("%s: what was entered as %s cannot be opened with the key of this agent", dev, key)
            return None


def _read(file: Path) -> X25519PrivateKey | None:
    try:
        file.chmod(0o600)
        written = file.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return X25519PrivateKey.from_private_bytes(sealed.to_bytes(written.decode("ascii").strip()))
    except ValueError:
        log.warning("%s held no key; a new one is made, and passwords of devices have to be entered again", file)
        return None


def _make(file: Path) -> X25519PrivateKey:
    """On disk as a whole or not at all: a key that was announced must not be another one after a power cut."""
    private = X25519PrivateKey.generate()
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, sealed.to_text(private.private_bytes_raw()).encode("ascii") + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(file)
    _settle(file.parent)
    return private


def _settle(folder: Path) -> None:
    """The new name is on disk, too (fsync(2): that of a file says nothing of its folder)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
