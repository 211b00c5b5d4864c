"""Copies a program to a board's drive, waits until the drive comes back, and reads what it says.

DAPLink: docs/MSD_COMMANDS.md and drag-n-drop/vfs_manager.c. The board takes the drive away when it has read the file
and shows it again about two seconds later, with FAIL.TXT on it when something went wrong. That it shows no FAIL.TXT
proves nothing; only the program itself does."""

import asyncio
import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

from medialab_agent.sdk.microbit.volume import Volume
from medialab_agent.sdk.trouble import NeedsPerson, Refused, unreachable
from medialab_wire.texts import Text

FILE = "MEDIALAB.HEX"
REMOUNT_S = 25.0
"""Seconds for the drive to be taken in, and to come back mounted: DAPLink waits 20 s for the end of a file."""
LOOK_S = 0.2
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Progress = Callable[[float], None]


async def copy_program(drive: Volume | None, content: bytes, progress: Progress) -> str | None:
    """What FAIL.TXT says afterwards, None when there is none. Raises `NeedsPerson`, `Refused`, `Unreachable`."""
    root = await asyncio.to_thread(drive.root) if drive and drive.may_be_written else None
    if drive is None or root is None:
        raise _no_drive()
    count = await asyncio.to_thread(_remounts, drive)
    try:
        await asyncio.to_thread(_write, root / FILE, content)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise _full() from error
        raise unreachable(f"drive: {type(error).__name__}") from error
    progress(0.5)
    if not await _until(lambda: _is_back(drive, count)):
        raise unreachable("the drive did not come back")
    progress(1.0)
    return await asyncio.to_thread(drive.text, "FAIL.TXT")


def _write(file: Path, content: bytes) -> None:
    """One write and one fsync: more of them break some interface firmwares (micropython-microbit-v2, issue 38)."""
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(fd, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _remounts(drive: Volume) -> str | None:
    """What DAPLink's DETAILS.TXT counts; every return of the drive counts one up. None where nobody counts."""
    return drive.details().get("remount count")


def _is_back(drive: Volume, count: str | None) -> bool:
    names = drive.names()
    if names is None or "DETAILS.TXT" not in names or FILE in names:
        return False
    return count is None or _remounts(drive) != count


async def _until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + REMOUNT_S
    while time.monotonic() < end:
        if await asyncio.to_thread(holds):
            return True
        await asyncio.sleep(LOOK_S)
    return False


def _full() -> Refused:
    return Refused(
        "drive-full",
        Text(de="Auf dem Laufwerk der Platine ist kein Platz mehr.", en="There is no room left on the board's drive."),
        Text(
            de="Eigene Dateien vom Laufwerk der Platine löschen, sie neu anstecken und den Reset noch einmal starten.",
            en="Delete your own files from the board's drive, plug it in anew and start the reset again.",
        ),
    )


def _no_drive() -> NeedsPerson:
    return NeedsPerson(
        "no-way-to-board",
        Text(
            de="Das Laufwerk der Platine ist auf diesem Computer nicht eingehängt.",
            en="The board's drive is not mounted on this computer.",
        ),
        Text(
            de="Das Laufwerk einhängen lassen; bei micro:bit genügt die mitgelieferte udev-Regel.",
            en="Have the drive mounted; for a micro:bit the udev rule that comes with it is enough.",
        ),
    )
