"""A signed list of firmware scripts: one Ed25519 signature over canonical bytes covers every script and every image.

`catalogue.json` names the SHA-256 of each `script.toml`, which names the SHA-256 of its images; `catalogue.sig` holds
one line `<key id> <signature in base64>`. Trusted public keys are package data, never files beside the catalogue."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from medialab_agent.sdk.firmware_script import ScriptId, Sha256, bad_script
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

CATALOGUE, SIGNATURE = "catalogue.json", "catalogue.sig"
CONTEXT = b"medialab-firmware-catalogue-1\n"
"""Signed before the content, so that a signature made for something else never fits."""
CATALOGUE_MOST = 1024 * 1024
"""Bytes of a catalogue."""

_SCRIPTS = TypeAdapter(dict[ScriptId, Sha256])


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hex digits that tell keys apart."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def read_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """The public keys (`*.pub`, 32 bytes in base64) of a folder, by id; empty when there is none. Raises `Refused`."""
    keys = {}
    for file in sorted(folder.glob("*.pub")):
        try:
            raw = base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
            key = Ed25519PublicKey.from_public_bytes(raw)
        except (OSError, ValueError) as error:
            raise bad_script(f"{file.name}: no public key") from error
        keys[key_id(key)] = key
    return keys


def canonical(scripts: Mapping[str, str]) -> bytes:
    """The only bytes that say this: keys in order, no spaces, one line."""
    ordered = {"schema": 1, "scripts": dict(sorted(scripts.items()))}
    return json.dumps(ordered, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def signature_line(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """What `catalogue.sig` says for this content."""
    signature = base64.b64encode(key.sign(CONTEXT + content))
    return key_id(key.public_key()).encode() + b" " + signature + b"\n"


def read_catalogue(folder: Path, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, str]:
    """The SHA-256 of each script's manifest by script id, after the signature was checked. Raises `Refused`."""
    try:
        content = _bounded(folder / CATALOGUE)
        told = _bounded(folder / SIGNATURE).decode("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise _unsigned(type(error).__name__) from error
    if len(told) != 2:
        raise _unsigned(f"{SIGNATURE}: not a key id and a signature")
    _verify(content, told[0], told[1], keys)
    try:
        document = json.loads(content)
        scripts = _SCRIPTS.validate_python(document["scripts"] if document["schema"] == 1 else None)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise bad_script(f"{CATALOGUE}: {type(error).__name__}") from error
    if canonical(scripts) != content:
        raise bad_script(f"{CATALOGUE}: not in its canonical form")
    return scripts


def _verify(content: bytes, signer: str, signature: str, keys: Mapping[str, Ed25519PublicKey]) -> None:
    key = keys.get(signer)
    if key is None:
        raise _unsigned(f"key {signer[:16]} is not trusted")
    try:
        key.verify(base64.b64decode(signature, validate=True), CONTEXT + content)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise _unsigned("the signature does not fit") from error


def _bounded(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(CATALOGUE_MOST + 1)
    if len(content) > CATALOGUE_MOST:
        raise bad_script(f"{file.name}: too long")
    return content


def _unsigned(detail: str) -> Refused:
    return Refused(
        "firmware-not-signed",
        Text(
            de="Die Liste der Firmware trägt keine gültige Unterschrift und wird nicht benutzt.",
            en="The list of firmware carries no valid signature and is not used.",
        ),
        Text(
            de="Die Firmware neu einspielen lassen („medialab-agent firmware check“ sagt, was nicht stimmt).",
            en="Have the firmware installed again (“medialab-agent firmware check” says what is wrong).",
        ),
        detail,
    )
