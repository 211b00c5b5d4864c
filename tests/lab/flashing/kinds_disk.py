"""Disks that run full: the agent's own, the lab's folder of images, and the drive a board shows.

These run apart, in a process whose mounts are its own, with `Case.small` on a disk of a few hundred kilobytes."""

import contextlib
import os
import tempfile
from pathlib import Path

from medialab_agent.sdk.firmware_signing import Part, take_in
from tests.lab.flashing.case import Case, kind
from tests.lab.flashing.kinds_anywhere import OWN, demand_own, origin, own_image


def fill(disk: Path, left: int = 0) -> None:
    """Until nothing more fits, but for so many bytes."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    os.truncate(filler, max(0, filler.stat().st_size - left))


def free(disk: Path) -> None:
    """Room again."""
    (disk / "filler").unlink(missing_ok=True)


def _small(case: Case) -> Path:
    assert case.small is not None, "not apart"
    return case.small


@kind(is_apart=True)
def agents_disk_full_from_the_beginning(case: Case) -> None:
    """It does not even start, and writes nothing."""
    disk = _small(case)
    case.data, case.must_not_write = disk / "agent", True
    fill(disk)
    case.heal = lambda: free(disk)


@kind(is_apart=True)
def agents_disk_full_when_ordered(case: Case) -> None:
    """What cannot be journaled is not begun."""
    disk = _small(case)
    case.data, case.must_not_write, case.is_endless = disk / "agent", True, True
    case.ready, case.heal = lambda: fill(disk), lambda: free(disk)


@kind(is_apart=True)
def agents_disk_full_at_a_write(case: Case) -> None:
    """The result cannot be journaled, so nobody hears of one before there is room again."""
    disk = _small(case)
    case.data, case.is_endless, case.may_be_clean = disk / "agent", True, True
    case.at_some_write(lambda: fill(disk))
    case.heal = lambda: free(disk)


@kind("image", is_apart=True)
def image_taken_in_on_a_full_disk(case: Case) -> None:
    """What of it arrived is no firmware."""
    disk = _small(case)
    file, place = own_image(case.home, case.board)
    fill(disk, left=4096 * case.chance.randrange(0, 3))
    with contextlib.suppress(OSError):
        take_in(disk / "own", [Part(file, place)], origin(case.board))
        (disk / "own" / OWN / "script.toml").unlink()  # it did fit; then the manifest is what is missing
    demand_own(case, disk / "own")
    case.heal = lambda: free(disk)


@kind("drive", is_apart=True)
def boards_drive_full(case: Case) -> None:
    """Somebody filled the drive: the file ends in its middle, or does not even begin."""
    disk = _small(case)
    tempfile.tempdir = str(disk)  # where a simulated board makes its drive
    size = 8192 if "daplink" in case.board.families else 600_000
    left = case.chance.randrange(0, size)
    case.ready, case.heal = lambda: fill(disk, left), lambda: free(disk)
