"""The same with a real process and a real kill -9."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.property.agent.robot import rows

ROOT = Path(__file__).parents[3]
PROCESS = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.property.agent.robot import DEV, Life, World
from medialab_wire.commands import Execution

class Diary(list):
    def append(self, step):
        with open(sys.argv[3], "a") as file:
            file.write(step + "\\n")
        super().append(step)

world = World(steps=40, begun=Diary(), ended=[f"s{n}" for n in range(40)])
orders = [Execution(exec="x-1", job="j-1", dev=DEV, action="reset", level="clean", baseline={})]
asyncio.run(Life(Path(sys.argv[2]), world).live(orders))
print("done", flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_process_goes_on_where_its_journal_says(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    diary, journal = tmp_path / "diary", tmp_path / "agent.sqlite"
    diary.touch()
    kills, is_done = 0, False
    command = [sys.executable, "-c", PROCESS, str(ROOT), str(journal), str(diary)]
    while not is_done:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        if kills < 4:
            wanted = len(diary.read_text().split()) + chance.randint(1, 8)
            while process.poll() is None and len(diary.read_text().split()) < wanted:
                time.sleep(0.0005)
            process.kill()
        out, _ = process.communicate(timeout=60)
        is_done = b"done" in out
        kills += not is_done
    begun = Counter(diary.read_text().split())
    assert kills == 4
    assert rows(journal) == [("x-1", 0)]
    assert set(begun) == {f"s{number}" for number in range(40)}
    assert max(begun.values()) <= 1 + kills
    assert sum(begun.values()) - 40 <= kills
