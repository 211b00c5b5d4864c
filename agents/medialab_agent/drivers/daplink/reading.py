"""What is on a board now, read without changing anything: its own words, its drive, its interface firmware."""

import asyncio
from dataclasses import dataclass
from typing import Final

from medialab_agent.drivers.daplink.boards import Board
from medialab_agent.drivers.daplink.place import Place
from medialab_agent.sdk.microbit.banner import BLANK, ERASED, Banner
from medialab_agent.sdk.microbit.conversation import overhear
from medialab_agent.sdk.microbit.serial_line import SerialBusy
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.base import Scalar
from medialab_wire.reports import Identity, IdentityKind

LOG_FILE: Final = "MY_DATA.HTM"
"""codal-microbit-v2: MicroBitLog.cpp"""


@dataclass(frozen=True)
class Found:
    """`banner` None and `is_foreign` True: something else runs. None: not known. `details`: DETAILS.TXT."""

    banner: Banner | None
    is_foreign: bool | None
    has_log: bool | None
    version: str


async def look(place: Place, board: Board, seconds: float) -> Found:
    """Listen for at most that long. Raises `Unreachable` when the port is gone."""
    banner, is_foreign = await _listen(place, board, seconds)
    names = await asyncio.to_thread(place.drive.names) if place.drive else None
    details = await asyncio.to_thread(place.drive.details) if place.drive else {}
    return Found(banner, is_foreign, log_there(board, names, banner), details.get("interface version", "")[:20])


async def _listen(place: Place, board: Board, seconds: float) -> tuple[Banner | None, bool | None]:
    """The default program says what it is once a second; whatever does not is another program."""
    if not place.tty:
        return None, None
    try:
        heard = await overhear(place.tty, seconds)
    except (SerialBusy, NeedsPerson):
        return None, None
    banner = heard.banner if heard.banner and heard.banner.board == board.id else None
    return banner, banner is None


def log_there(board: Board, names: frozenset[str] | None, banner: Banner | None) -> bool | None:
    """Whether a data log is there: the drive shows it, or the default program could not erase it. None: not seen."""
    if not board.has_log:
        return False
    if names is not None and LOG_FILE in names:
        return True
    if banner is not None and banner.log in (BLANK, ERASED):
        return False
    return False if names is not None and names & {"DETAILS.TXT"} else None


def facts_of(place: Place, board: Board, found: Found) -> dict[str, Scalar]:
    """As the manifest announces them."""
    facts: dict[str, Scalar] = {"board": board.name, "board_id": place.serial[:4]}
    if found.version:
        facts["interface_version"] = found.version
    if found.banner:
        facts |= {"robot_name": found.banner.name, "program": found.banner.version}
    return facts


def traces_of(found: Found) -> dict[str, int]:
    """Counts; what is not known is left out."""
    seen = {"foreign_program": found.is_foreign, "data_log": found.has_log}
    return {key: int(value) for key, value in seen.items() if value is not None}


def identities_of(place: Place, port: str, name: str | None) -> tuple[Identity, ...]:
    """The serial number of the interface chip, and the name it has over Bluetooth, once the default program told it."""
    out = [Identity(kind=IdentityKind.SERIAL, value=place.serial, scope="daplink")] if place.serial else []
    if name:
        out.append(Identity(kind=IdentityKind.ASSET, value=name, scope="microbit-name"))
    return (*out, Identity(kind=IdentityKind.PLACE, value=port, scope="usb"))
