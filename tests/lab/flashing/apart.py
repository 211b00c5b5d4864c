"""One fault in a process of its own, on a disk so small that it runs full: `apart.py BOARD KIND SEED HOME`.

Started under `unshare --mount`, so that the small disk is seen by nobody else; prints the verdict."""

import asyncio
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.house.tree import ROOT
from tests.lab.flashing.case import KINDS, Kind
from tests.lab.flashing.processes import children
from tests.lab.flashing.trial import Verdict, trial

SMALL = "1m"
"""Enough for a journal and for the largest image that a board's drive takes."""


async def trial_apart(board: str, kind: Kind, seed: str, home: Path) -> Verdict:
    """The same as `trial`. As another user than root the process becomes root of a namespace of its own."""
    command = ("unshare", "--map-root-user", "--mount", sys.executable, "-m", "tests.lab.flashing.apart")
    process = await asyncio.create_subprocess_exec(
        *command, board, kind.name, seed, str(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    out, err = await asyncio.wait_for(process.communicate(), 300)
    assert process.returncode == 0, f"{board}, {kind.name}: {err.decode()[-2000:]}"
    return Verdict(**json.loads(out))


async def main(board: str, name: str, seed: str, home: Path) -> None:
    """Mount the small disk, try, and say what came of it."""
    small = home / "small"
    small.mkdir()
    await asyncio.to_thread(subprocess.run, ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", small], check=True)
    kind = next(one for one in KINDS if one.name == name)
    verdict = await trial(board, kind, seed, home, small)
    verdict.left += [process.name() for process in children()]
    sys.stdout.write(json.dumps(asdict(verdict)) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], Path(sys.argv[4])))
