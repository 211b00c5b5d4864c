"""Which programs were started for a board."""

import psutil

from tests.lab.flashing.boards import Board


def using(board: Board) -> list[psutil.Process]:
    """Children of ours that have its port on their command line."""
    node = board.simulator.sighting().facts.get("tty", "")
    return [process for process in children() if node and node in _command(process)]


def children() -> list[psutil.Process]:
    """All that descend from this process."""
    return psutil.Process().children(recursive=True)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
