"""Which programs were started for a board; a port's name alone does not tell, for the next board gets it again."""

import shutil
from pathlib import Path

import psutil

from tests.lab.flashing.boards import Board


def tool_of(home: Path, board: Board) -> dict[str, str]:
    """A name of its own for the program that writes this board, as the driver's setting; none where there is none, or
    where the simulator brings it."""
    real = shutil.which(board.tool) if board.tool else None
    if real is None:
        return {}
    link = home / "tool" / board.tool
    if not link.is_symlink():
        link.parent.mkdir()
        link.symlink_to(real)
    return {board.tool: str(link)}


def using(*folders: Path) -> list[psutil.Process]:
    """Children of ours whose command line names something in these folders."""
    marks = [f"{folder}/" for folder in folders]
    return [one for one in children() if any(mark in word for mark in marks for word in _command(one))]


def children() -> list[psutil.Process]:
    """All that descend from this process."""
    return psutil.Process().children(recursive=True)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
