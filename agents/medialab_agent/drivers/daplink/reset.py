"""Puts the default program on a board: the signed image, looked into, by the command channel or else by the drive."""

import asyncio
from dataclasses import dataclass

from medialab_agent.drivers.daplink.boards import Board
from medialab_agent.drivers.daplink.drive import copy_to_drive
from medialab_agent.drivers.daplink.hidlink import HidDenied, HidLink
from medialab_agent.drivers.daplink.place import Place
from medialab_agent.drivers.daplink.stream import Progress, send_hex
from medialab_agent.sdk.firmware import Found, library
from medialab_agent.sdk.microbit.hexfile import Memory, write_hex
from medialab_agent.sdk.microbit.inspector import WrongProgram, fitting
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text


@dataclass(frozen=True)
class DefaultProgram:
    """What belongs on a board of this kind: the part of the signed image that is meant for it."""

    version: str
    memory: Memory


def default_program(place: Place, board: Board) -> DefaultProgram:
    """Read, checked and looked into anew. Blocking. Raises `Refused`."""
    firmware = library().default(board.id)
    firmware.admit(Found(board.id, chip=board.room.chip.value, board_id=place.serial[:4], labels=place.labels))
    try:
        memory = fitting(firmware.open().data, board.room)
    except WrongProgram as error:
        raise wrong_program(str(error)) from error
    return DefaultProgram(firmware.script.version, memory)


async def write_program(place: Place, memory: Memory, progress: Progress) -> None:
    """Raises whatever the board refuses, or `HidDenied` when neither way is open."""
    content = write_hex(memory)
    if place.hidraw:
        try:
            async with HidLink(place.hidraw) as link:
                await send_hex(link, content, progress)
                return
        except HidDenied:
            if place.drive is None or await asyncio.to_thread(place.drive.root) is None:
                raise
    await copy_to_drive(place.drive, content, progress)


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
