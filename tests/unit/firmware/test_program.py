"""External programs are bounded, watched, and never left behind."""

import asyncio
import os

import psutil
import pytest

from medialab_agent.sdk.program import OUTPUT_MOST, Ending, Program, find, in_memory, run
from medialab_agent.sdk.trouble import DeviceTrouble


def sh(script: str, deadline_s: float = 20, stall_s: float = 20) -> Program:
    return Program("sh", ("-c", script), deadline_s, stall_s)


BEFORE: set[int] = set()


@pytest.fixture(autouse=True)
def what_others_left() -> None:
    """Peers of other tests may still run in this process."""
    BEFORE.clear()
    BEFORE.update(psutil.pids())


def children() -> list[str]:
    return [child.name() for child in psutil.Process().children(recursive=True) if child.pid not in BEFORE]


async def test_code_and_output_of_both_streams_are_kept() -> None:
    ended = await run(sh("echo out; echo err >&2; exit 3"))
    assert (ended.ending, ended.code, ended.is_ok) == (Ending.EXITED, 3, False)
    assert set(ended.output.split()) == {"out", "err"}
    assert ended.last_lines(1) in {"out", "err"}


async def test_it_gets_an_unchangeable_file_and_words_on_its_input() -> None:
    with in_memory(b"image") as (fd, path):
        ended = await run(Program("sh", ("-c", f"cat {path} - ; printf x >> {path}"), 10, stdin=b" words", fds=(fd,)))
        assert ended.output.startswith("image words")
        assert not ended.is_ok
        assert os.pread(fd, 10, 0) == b"image"


@pytest.mark.parametrize(
    ("program", "ending"),
    [
        (sh("trap '' TERM; sleep 600 & sleep 600", deadline_s=0.2), Ending.DEADLINE),
        (sh("trap '' TERM; sleep 600 & sleep 600", stall_s=0.2), Ending.STALLED),
    ],
)
async def test_nobody_of_its_group_is_left(program: Program, ending: Ending) -> None:
    ended = await run(program)
    assert ended.ending is ending
    assert not ended.is_ok
    assert children() == []


async def test_what_it_started_ends_with_it() -> None:
    ended = await run(sh("sleep 600 & exit 0"))
    assert ended.is_ok
    assert children() == []


async def test_cancelled_it_takes_its_whole_group_along() -> None:
    running = asyncio.create_task(run(sh("sleep 600 | sleep 600")))
    while not children():
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert children() == []


async def test_it_is_ended_when_its_device_is_gone() -> None:
    looks = iter([True, True, False])
    ended = await run(sh("sleep 600"), is_there=lambda: next(looks))
    assert ended.ending is Ending.GONE
    assert children() == []


async def test_only_progress_keeps_it_alive() -> None:
    ended = await run(
        sh("while :; do echo not in sync; sleep 0.05; done", stall_s=0.3), hear=lambda piece: "#" in piece
    )
    assert ended.ending is Ending.STALLED
    steady = await run(
        sh("for i in 1 2 3 4 5 6; do printf '#'; sleep 0.1; done", stall_s=0.4), lambda piece: "#" in piece
    )
    assert steady.is_ok


async def test_a_flood_of_output_is_bounded() -> None:
    ended = await run(sh("yes | head -c 2000000; echo end"))
    assert ended.is_ok
    assert len(ended.output) == OUTPUT_MOST
    assert ended.output.endswith("end\n")


async def test_settings_of_a_person_are_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVRDUDE_SECRET", "1")
    ended = await run(sh("env"))
    assert "AVRDUDE_SECRET" not in ended.output
    assert "LC_ALL=C.UTF-8" in ended.output


async def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(DeviceTrouble, match="program-missing"):
        await run(Program("no-such-program", (), 1))
    with pytest.raises(DeviceTrouble, match="program-missing"):
        find("no-such-program", package="none")
