"""What belongs into the flash of one ESP32: the parts of a script, and blank everywhere else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medialab_agent.drivers.esp.image import NoImage, check, is_image
from medialab_agent.drivers.esp.tool import Area, Chip
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.firmware import Firmware, Found, Library, library
from medialab_agent.sdk.firmware_script import bad_script

BLANK = b"\xff"
SECTOR = 4096
"""Bytes flash is erased by."""


@dataclass(frozen=True)
class Target:
    """A script and its parts in order; `rest` is all the flash between and behind them, blank."""

    firmware: Firmware
    parts: tuple[Area, ...]
    rest: tuple[Area, ...]
    sha256: str


def device_class(chip: str) -> str:
    """The class a script names."""
    return "esp8266-board" if chip == "esp8266" else "esp32-board"


def find_library(link: DeviceLink) -> Library:
    """The firmware there is; setting `firmware` names another folder than the lab's own. Blocking."""
    told = link.settings.get("firmware")
    return library(Path(told)) if told else library()


def target(found: Library, chip: Chip, script_id: str | None) -> Target:
    """The script of that id, or the default for this chip, with its images read. Blocking. Raises `Refused`."""
    kind = device_class(chip.name)
    firmware = found.get(script_id, kind) if script_id else found.default(kind, chip.name)
    firmware.admit(Found(kind, chip=chip.name))
    parts = tuple(sorted((image.artifact.offset, image.data) for image in firmware.images()))
    if any(image.artifact.format != "bin" for image in firmware.images()):
        raise bad_script(f"{firmware.id}: only plain images fit this chip")
    _look_into(firmware.id, parts, chip.name)
    return Target(firmware, parts, tuple(_gaps(firmware.id, parts, chip.flash)), firmware.script.artifacts[0].sha256)


def _look_into(name: str, parts: tuple[Area, ...], chip: str) -> None:
    """A signature says who vouches for an image, not that it is whole, nor that it fits.

    Files that hold everything from the flash's beginning on are blank in front of their first program."""
    programs = [(at, data.lstrip(BLANK)) for at, data in parts if is_image(data.lstrip(BLANK))]
    if not programs:
        raise bad_script(f"{name}: no program is in it")
    for at, data in programs:
        try:
            check(data, chip)
        except NoImage as error:
            raise bad_script(f"{name}: the part at {at:#x}: {error}") from error


def _gaps(name: str, parts: tuple[Area, ...], size: int) -> Iterator[Area]:
    at = 0
    for start, data in parts:
        if start < at or start % SECTOR or start + len(data) > size:
            raise bad_script(f"{name}: the part at {start:#x} does not fit")
        if start > at:
            yield at, BLANK * (start - at)
        at = start + len(data)
    if at < size:
        yield at, BLANK * (size - at)
