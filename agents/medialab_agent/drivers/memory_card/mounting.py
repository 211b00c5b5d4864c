"""Makes a card readable and nothing else: mounted read-only by the system's own programs, under a deadline."""

import os
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from medialab_agent.sdk.program import Program, failed, run
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson
from medialab_wire.texts import Text

OPTIONS = "ro,nosuid,nodev,noexec"
"""mount(8): nothing is written, nothing on the card can be run or acts as a device."""
MOUNT_S = 20.0
"""Seconds to mount or unmount; a worn card answers slowly."""
_MOUNTED = re.compile(r"Mounted \S+ at (/\S[^\r\n]*?)\.?\s*$", re.MULTILINE)
"""What udisksctl(1) answers."""


def unreadable(detail: str) -> DeviceTrouble:
    """The card cannot be looked at."""
    return NeedsPerson(
        "card-unreadable",
        Text(de="Die Speicherkarte lässt sich nicht lesen.", en="The memory card cannot be read."),
        Text(
            de="Die Karte im Gerät formatieren und das Gerät noch einmal anstecken. Hilft das nicht: Karte ersetzen.",
            en="Format the card in the device and plug the device in again. If that does not help: replace the card.",
        ),
        detail,
    )


@asynccontextmanager
async def mounted(node: str, is_there: Callable[[], bool], program: str = "") -> AsyncIterator[Path]:
    """The folder in which the card can be read. `program`: a mount command to use instead of the system's own.

    A card that a desktop has mounted already is read where it is. Raises `DeviceTrouble`."""
    if (where := _already(node)) is not None:
        yield where
    elif program or os.geteuid() == 0:
        async with _by_mount(program or "mount", node, is_there) as where:
            yield where
    else:
        async with _by_udisks(node, is_there) as where:
            yield where


def _already(node: str) -> Path | None:
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines():
            source, where, *_ = line.split(" ")
            if source == node:
                return Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), where))
    return None


@asynccontextmanager
async def _by_mount(program: str, node: str, is_there: Callable[[], bool]) -> AsyncIterator[Path]:
    with tempfile.TemporaryDirectory(prefix="medialab-card-") as folder:
        await _run(Program(program, ("-o", OPTIONS, "--", node, folder), MOUNT_S, MOUNT_S), is_there)
        try:
            yield Path(folder)
        finally:
            # lazily: a card that was pulled out must not keep its folder
            await run(Program("umount" if program == "mount" else program, ("-l", folder), MOUNT_S, MOUNT_S))


@asynccontextmanager
async def _by_udisks(node: str, is_there: Callable[[], bool]) -> AsyncIterator[Path]:
    """For an agent without rights: udisks2 asks polkit, which lets the agent's group mount removable cards."""
    said = await _run(
        Program("udisksctl", ("mount", "--no-user-interaction", "-b", node, "-o", OPTIONS), MOUNT_S, MOUNT_S), is_there
    )
    found = _MOUNTED.search(said)
    if found is None:
        raise unreadable("udisksctl named no folder")  # a card's label may be somebody's name
    try:
        yield Path(found[1])
    finally:
        await run(Program("udisksctl", ("unmount", "--no-user-interaction", "-f", "-b", node), MOUNT_S, MOUNT_S))


async def _run(program: Program, is_there: Callable[[], bool]) -> str:
    ended = await run(program, is_there=is_there)
    if ended.is_ok:
        return ended.output
    if ended.ending.value == "exited":
        raise unreadable(f"{program.name} ended with {ended.code}")
    raise failed(program.name, ended)
