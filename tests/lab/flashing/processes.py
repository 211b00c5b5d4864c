"""Which programs were started for a board."""

import psutil

from tests.lab.flashing.boards import Board


def using(board: Board) -> list[psutil.Process]:
    """Children of ours that have its mark on their command line."""
    mark = board.mark
    return [process for process in children() if mark and mark in _command(process)]


def children() -> list[psutil.Process]:
    """All that descend from this process."""
    return psutil.Process().children(recursive=True)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
