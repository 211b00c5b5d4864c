"""What belongs on a board after a reset: the signed image, looked into before it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medialab_agent.sdk.firmware import Found, library
from medialab_agent.sdk.firmware_script import Script
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.inspector import Room, WrongProgram, fitting
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

GREETING = "MEDIALAB default "


@dataclass(frozen=True)
class DefaultProgram:
    """The part of the image that is meant for this board."""

    script: Script
    memory: Memory

    @property
    def can_prove(self) -> bool:
        """It answers questions about its memory; a program that a lab signed itself need not."""
        return self.script.banner.startswith(GREETING)


@dataclass(frozen=True)
class Wish:
    """Which program: `script` None means the default for the board; `folder` "" means the lab's own one."""

    script: str | None = None
    folder: str = ""


def wish(baseline: Mapping[str, Any] | None, settings: Mapping[str, str]) -> Wish:
    """The program the good state was recorded with, from the driver's setting `firmware` or the lab's own folder."""
    told = (baseline or {}).get("firmware")
    return Wish(told if isinstance(told, str) else None, settings.get("firmware") or "")


def default_program(found: Found, room: Room, wanted: Wish = Wish()) -> DefaultProgram:
    """Read, checked and looked into anew. Blocking. Raises `Refused`."""
    known = library(Path(wanted.folder) if wanted.folder else None)
    device_class = found.device_class
    firmware = known.get(wanted.script, device_class) if wanted.script else known.default(device_class)
    firmware.admit(found)
    try:
        memory = fitting(firmware.open().data, room)
    except WrongProgram as error:
        raise wrong_program(str(error)) from error
    return DefaultProgram(firmware.script, memory)


def wrong_program(detail: str) -> Refused:
    """The image is not for this board."""
    return Refused(
        "wrong-program",
        Text(
            de="Dieses Programm ist nicht für diese Platine gebaut. Es wurde nichts übertragen.",
            en="This program was not built for this board. Nothing was transferred.",
        ),
        Text(de="Die Firmware neu einspielen lassen.", en="Have the firmware installed again."),
        detail,
    )
