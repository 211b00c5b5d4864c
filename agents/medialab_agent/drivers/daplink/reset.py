"""Puts the default program on a board: by the command channel, or by the drive where the channel is closed."""

import asyncio

from medialab_agent.drivers.daplink.boards import Board
from medialab_agent.drivers.daplink.hidlink import HidDenied, HidLink
from medialab_agent.drivers.daplink.place import Place
from medialab_agent.drivers.daplink.refusals import refusal_on_drive
from medialab_agent.drivers.daplink.stream import send_hex
from medialab_agent.sdk.firmware import Found
from medialab_agent.sdk.microbit.copying import Progress, copy_program
from medialab_agent.sdk.microbit.default_program import DefaultProgram, Wish, default_program
from medialab_agent.sdk.microbit.hexfile import Memory, write_hex


def program_for(place: Place, board: Board, wanted: Wish) -> DefaultProgram:
    """What belongs on it. Blocking. Raises `Refused`."""
    found = Found(board.id, chip=board.room.chip.value, board_id=place.serial[:4], labels=place.labels)
    return default_program(found, board.room, wanted)


async def write_program(place: Place, memory: Memory, progress: Progress) -> None:
    """Raises whatever the board refuses, `HidDenied` or `NeedsPerson` when neither way is open."""
    content = await asyncio.to_thread(write_hex, memory)
    if place.hidraw:
        try:
            async with HidLink(place.hidraw) as link:
                await send_hex(link, content, progress)
                return
        except HidDenied:
            if place.drive is None or await asyncio.to_thread(place.drive.root) is None:
                raise
    failure = await copy_program(place.drive, content, progress)
    if failure is not None:
        raise refusal_on_drive(failure)
