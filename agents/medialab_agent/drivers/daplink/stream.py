"""Sends a program through DAPLink's vendor commands, and believes it only when the board saw the end of the file.

DAPLink: source/daplink/cmsis-dap/DAP_vendor.c, drag-n-drop/file_stream.c. It parses whole sectors of 512 bytes and
answers CLOSE with 0 even when a file was cut off; the one sign of a complete file is the answer 19 to a WRITE. A WRITE
that goes over the end of a sector answers for its second part only, so that errors and the 19 get lost. So the file is
padded to whole sectors, each WRITE ends where its sector ends, and nothing is sent behind the 19."""

from collections.abc import Iterator

from medialab_agent.drivers.daplink.hidlink import HidLink
from medialab_agent.drivers.daplink.refusals import refusal
from medialab_agent.sdk.microbit.copying import Progress
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.texts import Text

RESET_IF_NOT_AUTOMATIC, OPEN, CLOSE, WRITE = 0x89, 0x8A, 0x8B, 0x8C
HEX = 1
"""The stream's type (file_stream.h)."""
OK, DONE, DONE_OR_MORE = 0, 19, 20
"""DAPLink: error.h"""
SECTOR, PIECE = 512, 62
WRITE_S = 20.0
"""Seconds for one answer while writing: DAPLink's own limit for a transfer."""


class NotComplete(DeviceTrouble):
    """The board closed the file without having seen its end."""

    def __init__(self) -> None:
        super().__init__(
            "program-not-complete",
            Text(
                de="Das Programm kam nicht vollständig auf der Platine an.",
                en="The program did not arrive on the board completely.",
            ),
            Text(de="Den Reset noch einmal starten.", en="Start the reset again."),
        )


def padded(content: bytes) -> bytes:
    """Whole sectors, the end of the file in the last one; line ends mean nothing in a hex file."""
    content = content.rstrip(b"\r\n")
    return content + b"\n" * (-len(content) % SECTOR)


async def send_hex(link: HidLink, content: bytes, progress: Progress) -> None:
    """Write a hex file. Raises `NotComplete`, a refusal in plain words, `BadAnswer` or `Unreachable`."""
    await _open(link)
    is_done = await _write(link, padded(content), progress)
    status = await _status(link, CLOSE)
    if status != OK:
        raise refusal(status)
    if not is_done:
        raise NotComplete
    await link.ask(RESET_IF_NOT_AUTOMATIC)


async def _open(link: HidLink) -> None:
    """A stream that somebody left open makes it refuse; closing that one helps."""
    status = await _status(link, OPEN, HEX)
    if status != OK:
        await _status(link, CLOSE)
        status = await _status(link, OPEN, HEX)
    if status != OK:
        raise refusal(status)


async def _write(link: HidLink, content: bytes, progress: Progress) -> bool:
    for at, piece in _pieces(content):
        status = await _status(link, WRITE, len(piece), data=piece)
        progress((at + len(piece)) / len(content))
        if status == DONE:
            return True
        if status not in (OK, DONE_OR_MORE):
            await _status(link, CLOSE)
            raise refusal(status)
    return False


def _pieces(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its place; none goes over the end of a sector."""
    for sector in range(0, len(content), SECTOR):
        for at in range(sector, sector + SECTOR, PIECE):
            yield at, content[at : min(at + PIECE, sector + SECTOR)]


async def _status(link: HidLink, *command: int, data: bytes = b"") -> int:
    answer = await link.ask(*command, data=data, seconds=WRITE_S)
    return answer[0] if answer else -1
