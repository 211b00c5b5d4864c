"""What belongs on a board after a reset: the signed image, looked into before it is used."""

from dataclasses import dataclass

from medialab_agent.sdk.firmware import Found, library
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.inspector import Room, WrongProgram, fitting
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

GREETING = "MEDIALAB default "


@dataclass(frozen=True)
class DefaultProgram:
    """The part of the image that is meant for this board. `can_prove`: it answers questions about its memory; a program
    that a lab signed itself need not."""

    version: str
    memory: Memory
    can_prove: bool


def default_program(found: Found, room: Room) -> DefaultProgram:
    """Read, checked and looked into anew. Blocking. Raises `Refused`."""
    firmware = library().default(found.device_class)
    firmware.admit(found)
    try:
        memory = fitting(firmware.open().data, room)
    except WrongProgram as error:
        raise wrong_program(str(error)) from error
    return DefaultProgram(firmware.script.version, memory, firmware.script.banner.startswith(GREETING))


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
