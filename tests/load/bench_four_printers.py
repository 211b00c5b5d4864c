"""Prints how long four printers of four makes, hot, printing and full, take until they are proven clean; needs root."""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402 - the path comes first

from tests.lab.printers.figures import lines, machine_s  # noqa: E402
from tests.lab.printers.hub_room import Room  # noqa: E402
from tests.lab.printers.makes import MAKES  # noqa: E402

WANTED_S, WANTED_AGAIN_S = 20.0, 2.0


def main() -> None:
    """Reset all four at once, twice."""
    if os.geteuid() != 0:
        print("four printers: NOT MEASURED, a printer's port 990 and network namespaces need root")
        return
    print(f"four printers on {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(len(MAKES)) as hands:
        folder = Path(name)
        room = Room(folder, tuple(make(folder) for make in MAKES), hands)
        try:
            room.start()
            room.each(lambda make: make.leave_traces())
            first = room.reset()
            again = room.reset()
        finally:
            room.stop()
    print(*lines(first, again), sep="\n")
    outcomes = {job["outcome"] for job in (*first.values(), *again.values())}
    assert outcomes == {"clean"}, outcomes
    print(f"worst: {max(map(machine_s, first.values())):.2f} s, wanted at most {WANTED_S:.0f} s plus cool-down")
    print(f"again: {max(map(machine_s, again.values())):.2f} s, wanted at most {WANTED_AGAIN_S:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"the measurement failed: {error}")
