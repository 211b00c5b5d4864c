"""Signs a folder of firmware scripts, and takes images of makers into the lab's own signed folder."""

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from medialab_agent.sdk.firmware import SCRIPT
from medialab_agent.sdk.firmware_catalogue import CATALOGUE, SIGNATURE, canonical, key_id, signature_line
from medialab_agent.sdk.firmware_script import IMAGE_MOST, Script, bad_script, parse_script

LAB_KEY = "lab.key"
"""The lab's private key: 32 bytes in base64, readable by its owner only, in `keys` of the lab's own folder."""


@dataclass(frozen=True)
class Part:
    """One file to take in, where in the chip's memory it belongs, and the SHA-256 its maker names, if any."""

    file: Path
    offset: int
    sha256: str = ""


@dataclass(frozen=True)
class Origin:
    """What a person says about a maker's image. `text` and `undo` are German and English."""

    id: str
    version: str
    classes: tuple[str, ...]
    chip: str
    licence: str
    source: str
    text: tuple[str, str]
    undo: tuple[str, str]
    signature: str = ""
    banner: str = ""
    is_default: bool = False
    board_ids: tuple[str, ...] = ()
    is_set_aside: bool = False
    """Written once only; when it cannot be read back, a person does what `undo` says."""


def sign(folder: Path, key: Ed25519PrivateKey) -> tuple[Script, ...]:
    """Check every script and image of the folder, then write its catalogue and signature. Raises `Refused`."""
    scripts = tuple(_sound(folder))
    listed = {script.id: _sha256((folder / script.id / SCRIPT).read_bytes()) for script in scripts}
    content = canonical(listed)
    _replace(folder / CATALOGUE, content)
    _replace(folder / SIGNATURE, signature_line(content, key))
    return scripts


def publish(key: Ed25519PrivateKey, file: Path) -> str:
    """Write the public half where those look who check; its id."""
    file.parent.mkdir(parents=True, exist_ok=True)
    public = key.public_key()
    _replace(file, base64.b64encode(public.public_bytes_raw()) + b"\n")
    return key_id(public)


def private_key(file: Path) -> Ed25519PrivateKey:
    """The key in this file; made and kept there with mode 0600 when there is none. Raises OSError, `Refused`."""
    try:
        raw = base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
        return Ed25519PrivateKey.from_private_bytes(raw)
    except FileNotFoundError:
        pass
    except ValueError as error:
        raise bad_script(f"{file.name}: no private key") from error
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "wb") as opened:
        opened.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
    return key


def take_in(own: Path, parts: Sequence[Part], origin: Origin) -> Script:
    """Copy a maker's files into the lab's own folder, pin their hashes, and sign with the lab's key.

    Raises `Refused` for what no script may say, OSError for what cannot be read or written."""
    images = [(part, _image(part.file)) for part in parts]
    for part, data in images:
        if part.sha256 and part.sha256.lower() != _sha256(data):
            raise bad_script(f"{part.file.name}: its SHA-256 is {_sha256(data)}")
    content = _toml(origin, images)
    script = parse_script(content, origin.id)
    home = own / script.id
    home.mkdir(parents=True, exist_ok=True)
    for artifact, (_, data) in zip(script.artifacts, images, strict=True):
        _replace(home / artifact.path, data)
    _replace(home / SCRIPT, content)
    key = private_key(own / "keys" / LAB_KEY)
    publish(key, own / "keys" / "lab.pub")
    sign(own, key)
    return script


def _sound(folder: Path) -> Iterator[Script]:
    for file in sorted(folder.glob(f"*/*/{SCRIPT}")):
        script_id = f"{file.parent.parent.name}/{file.parent.name}"
        script = parse_script(file.read_bytes(), script_id)
        if script.id != script_id:
            raise bad_script(f"{script_id}: calls itself {script.id}")
        for artifact in script.artifacts:
            data = _image(file.parent / artifact.path)
            if len(data) != artifact.size or _sha256(data) != artifact.sha256:
                raise bad_script(f"{script_id}: {artifact.path} has {len(data)} bytes and SHA-256 {_sha256(data)}")
        yield script


def _image(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(IMAGE_MOST + 1)
    if not 0 < len(data) <= IMAGE_MOST:
        raise bad_script(f"{file.name}: empty or too large")
    return data


def _toml(origin: Origin, images: Sequence[tuple[Part, bytes]]) -> bytes:
    """JSON strings and lists are TOML as well (toml.io, v1.0.0: basic strings)."""
    lines = [
        "schema = 1",
        *(f"{name} = {json.dumps(value)}" for name, value in _fields(origin).items()),
        *("[requires]", f"chip = {json.dumps(origin.chip)}", f"signature = {json.dumps(origin.signature)}"),
        f"board_ids = {json.dumps(origin.board_ids)}",
        *("[text]", f"de = {json.dumps(origin.text[0])}", f"en = {json.dumps(origin.text[1])}"),
        *("[undo]", f"de = {json.dumps(origin.undo[0])}", f"en = {json.dumps(origin.undo[1])}"),
    ]
    for number, (part, data) in enumerate(images):
        kind = _format(part.file)
        name = f"image-{number}.{kind}"
        lines += ["[[artifacts]]", f"path = {json.dumps(name)}", f"format = {json.dumps(kind)}"]
        lines += [f"size = {len(data)}", f'sha256 = "{_sha256(data)}"', f"offset = {part.offset}"]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _fields(origin: Origin) -> dict[str, object]:
    return {
        "id": origin.id,
        "version": origin.version,
        "classes": list(origin.classes),
        "default": origin.is_default,
        "banner": origin.banner,
        "attempts": 1 if origin.is_set_aside else 2,
        "rollback": "set-aside" if origin.is_set_aside else "write-again",
        "licence": origin.licence,
        "source": origin.source,
    }


def _format(file: Path) -> str:
    return {".hex": "hex", ".uf2": "uf2"}.get(file.suffix.lower(), "bin")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _replace(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    with beside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
