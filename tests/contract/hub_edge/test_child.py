"""Programs the hub starts: again when they die, ended in order, by force when they do not listen."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from medialab_hub.adapters.child import Child, Command

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def command(code: str) -> Command:
    return Command("test", [sys.executable, "-c", code])


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_it_starts_again_and_again() -> None:
    child = Child(command("import time; time.sleep(60)"))
    await child.start()
    for _ in range(3):
        before = child.pid
        os.kill(before, signal.SIGKILL)
        await until(lambda before=before: child.pid not in {None, before})
    assert child.restarts == 3
    pid = child.pid
    await child.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert child.restarts == 3, "a program that was stopped stays so"


async def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "up"
    code = STUBBORN.replace("print('up', flush=True)", f"open({str(mark)!r}, 'w').close()")
    child = Child(command(code))
    await child.start()
    await until(mark.exists)
    pid = child.pid
    await child.stop(within_s=0.2)
    assert not Path(f"/proc/{pid}").exists()


async def test_one_that_ends_at_once_is_not_started_in_a_hurry() -> None:
    child = Child(command("pass"))
    await child.start()
    await asyncio.sleep(1.0)
    assert 1 <= child.restarts <= 5
    await child.stop()
