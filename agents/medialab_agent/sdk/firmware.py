"""The firmware road: only signed scripts for this very device class, and only images whose bytes were hashed.

firmware = library().default("arduino-uno-r3")      # blocking: use asyncio.to_thread
firmware.admit(Found("arduino-uno-r3", chip="ATmega328P", signature="1e950f"))
image = firmware.open()                             # opened once, hashed; hand on image.data or image.file()
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from medialab_agent.sdk.firmware_catalogue import read_catalogue, read_keys
from medialab_agent.sdk.firmware_script import NEVER_VOLUMES, Artifact, Script, bad_script, parse_script
from medialab_agent.sdk.program import in_memory
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_agent.settings import Settings
from medialab_wire.texts import Text

TRUSTED = Path(__file__).parent / "trusted_keys"
"""Public keys of this project, shipped with the program."""
SCRIPT = "script.toml"
SCRIPT_MOST = 65_536
"""Bytes of one script.toml."""


@dataclass(frozen=True)
class Found:
    """What is known of the device that shall be written. Empty or None: not known."""

    device_class: str
    chip: str = ""
    signature: str = ""
    board_id: str = ""
    labels: tuple[str, ...] = ()
    battery_percent: int | None = None


@dataclass(frozen=True)
class Image:
    """The bytes of one artifact, read once; their size and SHA-256 were found to be what was signed."""

    artifact: Artifact
    data: bytes

    @property
    def sha256(self) -> str:
        """Of `data`, in hex."""
        return self.artifact.sha256

    def file(self) -> AbstractContextManager[tuple[int, str]]:
        """Descriptor and path of an unchangeable copy in memory, for a program; see `program.in_memory`."""
        return in_memory(self.data)


@dataclass(frozen=True)
class Firmware:
    """One signed script and the folder of its images. `is_own`: signed by the lab itself, not by this project."""

    script: Script
    folder: Path
    is_own: bool

    @property
    def id(self) -> str:
        """`<target>/<name>`."""
        return self.script.id

    def admit(self, found: Found) -> None:
        """Refuse a device this is not made for. To be called before anything is written. Raises `Refused`."""
        for what, problem in _mismatches(self.script, found):
            raise _wrong_device(f"{self.id}: {what}: {problem}")

    def open(self, number: int = 0) -> Image:
        """Read one artifact: opened once, hashed, never read again. Blocking. Raises `Refused`."""
        artifact = self.script.artifacts[number]
        data = _read(self.folder / artifact.path, artifact.size)
        if len(data) != artifact.size:
            raise bad_script(f"{self.id}: {artifact.path} has another size")
        if hashlib.sha256(data).hexdigest() != artifact.sha256:
            raise bad_script(f"{self.id}: {artifact.path} has another checksum")
        return Image(artifact, data)

    def images(self) -> tuple[Image, ...]:
        """All artifacts. Blocking. Raises `Refused`."""
        return tuple(self.open(number) for number in range(len(self.script.artifacts)))


class Library:
    """All firmware that may be used here; what the lab signed itself comes first.

    A catalogue that is damaged or unsigned is left out and its trouble kept; asking for its scripts raises it."""

    def __init__(self) -> None:
        self._found: dict[str, Firmware] = {}
        self.troubles: list[DeviceTrouble] = []

    def __iter__(self) -> Iterator[Firmware]:
        return iter(self._found.values())

    def add(self, folder: Path, keys: Mapping[str, Ed25519PublicKey], *, is_own: bool) -> None:
        """Take in a signed folder; ids that are known already stay as they are."""
        try:
            scripts = read_catalogue(folder, keys)
        except DeviceTrouble as trouble:
            self.troubles.append(trouble)
            return
        for script_id, sha256 in scripts.items():
            try:
                self._found.setdefault(script_id, _load(folder, script_id, sha256, is_own=is_own))
            except DeviceTrouble as trouble:
                self.troubles.append(trouble)

    def default(self, device_class: str, chip: str = "") -> Firmware:
        """What a reset puts on boards of this class, and of this chip where there are several. Raises `Refused`."""
        chips = {"", _plain(chip)}
        return self._one(
            device_class,
            lambda found: found.script.default and (not chip or _plain(found.script.requires.chip) in chips),
        )

    def get(self, script_id: str, device_class: str) -> Firmware:
        """The script of that id, if it is made for that class. Raises `Refused`."""
        return self._one(device_class, lambda firmware: firmware.id == script_id)

    def of(self, device_class: str) -> tuple[Firmware, ...]:
        """Everything made for that class."""
        return tuple(firmware for firmware in self if device_class in firmware.script.classes)

    def _one(self, device_class: str, fits: Callable[[Firmware], bool]) -> Firmware:
        for firmware in self.of(device_class):
            if fits(firmware):
                return firmware
        raise self.troubles[0] if self.troubles else _none_for(device_class)


def shipped_folder() -> Path:
    """Where the project's own scripts are: in the installed package, else beside the source tree."""
    package = Path(__file__).parents[1]
    installed = package / "firmware_scripts"
    return installed if installed.is_dir() else package.parents[1] / "firmware_scripts"


def own_folder(env: Mapping[str, str] | None = None) -> Path:
    """Where this lab's own scripts and keys are: `firmware` in the agent's data folder."""
    told = (os.environ if env is None else env).get("MEDIALAB_DATA_DIR")
    return Path(told or Settings.data_dir) / "firmware"


def library(own: Path | None = None) -> Library:
    """Read both catalogues anew. Blocking; a few small files. Raises nothing: see `Library.troubles`."""
    found = Library()
    own = own_folder() if own is None else own
    if (own / "catalogue.json").exists():
        found.add(own, _keys(found, own / "keys"), is_own=True)
    found.add(shipped_folder(), _keys(found, TRUSTED), is_own=False)
    return found


def _keys(found: Library, folder: Path) -> dict[str, Ed25519PublicKey]:
    try:
        return read_keys(folder)
    except DeviceTrouble as trouble:
        found.troubles.append(trouble)
        return {}


def _load(folder: Path, script_id: str, sha256: str, *, is_own: bool) -> Firmware:
    home = folder / script_id
    content = _read(home / SCRIPT, SCRIPT_MOST)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise bad_script(f"{script_id}: {SCRIPT} has another checksum")
    script = parse_script(content, script_id)
    if script.id != script_id:
        raise bad_script(f"{script_id}: {SCRIPT} calls itself {script.id}")
    return Firmware(script, home, is_own)


def _read(file: Path, most: int) -> bytes:
    """At most one byte more than `most`, and never through a link."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise bad_script(f"{file.parent.parent.name}/{file.parent.name}/{file.name}: {type(error).__name__}") from error


def _mismatches(script: Script, found: Found) -> Iterator[tuple[str, str]]:
    """What speaks against this device; what a script requires and nobody knows speaks against it, too."""
    needs = script.requires
    if found.device_class not in script.classes:
        yield "class", found.device_class
    if needs.chip and _plain(needs.chip) != _plain(found.chip):
        yield "chip", found.chip
    if needs.signature and needs.signature.lower() != found.signature.lower():
        yield "signature", found.signature
    if needs.board_ids and found.board_id not in needs.board_ids:
        yield "board", found.board_id
    if needs.labels and not set(needs.labels) & set(found.labels):
        yield "volume", ", ".join(found.labels)
    if forbidden := {*NEVER_VOLUMES, *script.forbidden_volumes} & {label.upper() for label in found.labels}:
        yield "forbidden volume", ", ".join(sorted(forbidden))
    if needs.battery_percent is not None and (found.battery_percent or 0) < needs.battery_percent:
        yield "battery", str(found.battery_percent)


def _plain(chip: str) -> str:
    """Makers write ESP32-S3, their tools esp32s3."""
    return chip.lower().replace("-", "")


def _wrong_device(detail: str) -> Refused:
    return Refused(
        "wrong-device",
        Text(
            de="Diese Firmware ist nicht für dieses Gerät. Es wurde nichts geschrieben.",
            en="This firmware is not made for this device. Nothing was written.",
        ),
        Text(
            de="Prüfen, ob das richtige Gerät angesteckt ist.",
            en="Check whether the right device is plugged in.",
        ),
        detail,
    )


def _none_for(device_class: str) -> Refused:
    return Refused(
        "no-firmware",
        Text(
            de="Für dieses Gerät ist keine Firmware hinterlegt.",
            en="No firmware is stored for this device.",
        ),
        Text(
            de="Ein Programm mit „medialab-agent firmware import“ hinterlegen lassen.",
            en="Have a program stored with “medialab-agent firmware import”.",
        ),
        device_class,
    )
