"""Reads the catalogue: one TOML file a vendor, next to this module."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medialab_hub.catalogue.matcher import Matcher
from medialab_hub.catalogue.model import DeviceClass

SHARED_NUMBERS = frozenset(
    {
        ("0d28", "0204"),  # every board with Arm's DAPLink firmware (usb.ids: "ARM mbed")
        ("1366", "1015"),  # every board with SEGGER's J-Link OB and a drive (usb.ids: "J-Link")
        ("1a86", "7523"),  # WCH CH340, in cables and on boards (usb.ids)
        ("1a86", "55d4"),  # WCH CH9102, the successor
        ("10c4", "ea60"),  # Silicon Labs CP210x (usb.ids)
        ("0403", "6001"),  # FTDI FT232 (usb.ids)
        ("0403", "6015"),  # FTDI FT230X (kernel: drivers/usb/serial/ftdi_sio_ids.h)
        ("0483", "5740"),  # STMicroelectronics virtual COM port (usb.ids)
        ("303a", "1001"),  # USB-Serial/JTAG of every newer ESP32 (Espressif usb-pids)
        ("2e8a", "0003"),  # boot ROM of every RP2040 (Raspberry Pi usb-pid)
        ("05ac", "12ab"),  # every newer iPad (usb.ids: "iPad")
    }
)
"""USB numbers of chips that products outside this catalogue carry, too."""


class BadCatalogue(Exception):
    """A catalogue that cannot be used; the message names the file and every wrong field."""


@dataclass(frozen=True)
class Catalogue:
    """All classes by id, in the order of vendors and files, and the matcher over them."""

    classes: Mapping[str, DeviceClass]
    matcher: Matcher


@cache
def shipped() -> Catalogue:
    """The catalogue that comes with the program; read once. Raises `BadCatalogue`."""
    return load(Path(__file__).parent)


def load(folder: Path) -> Catalogue:
    """Every `*.toml` of a folder. Raises `BadCatalogue`."""
    classes: dict[str, DeviceClass] = {}
    for path in sorted(folder.glob("*.toml")):
        for one in _read(path):
            if one.id in classes:
                raise BadCatalogue(f"{path.name}: {one.id} is there twice")
            classes[one.id] = one
    return Catalogue(classes, Matcher(tuple(classes.values()), SHARED_NUMBERS))


def _read(path: Path) -> Iterable[DeviceClass]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadCatalogue(f"{path.name}: {error}") from error
    for entry in data.get("class", ()):
        yield _one(path.name, {"vendor": data.get("vendor", ""), **data.get("common", {}), **entry})


def _one(name: str, entry: Mapping[str, Any]) -> DeviceClass:
    try:
        return DeviceClass.model_validate(entry)
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadCatalogue(f"{name}: {entry.get('id', '?')}: {fields}") from error
