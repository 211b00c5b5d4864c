"""What a manifest's version and rollback mean on the whole road: agent, journal, driver, board.

With `MEDIALAB_FLASH_FAULTS` on boards that take long, too."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medialab_agent.practice_lab.bench import open_bench
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.firmware_history import REASON
from medialab_agent.sdk.firmware_signing import Part, take_in
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import ExecutionReport, Outcome
from tests.drivers.esp.peers import with_esptool
from tests.lab.flashing.boards import BOARDS, Board, Esp, Micro, own_image
from tests.lab.flashing.kinds_anywhere import OWN, origin

IS_LONG = bool(int(os.environ.get("MEDIALAB_FLASH_FAULTS", "0")))
TRIED = ["Uno", "micro:bit V2", "Calliope 2", *(["ESP32"] if IS_LONG else [])]


def store(home: Path, board: Board, version: str, *, is_set_aside: bool = False) -> dict[str, str]:
    """The lab's own script of that version; gives the driver's settings."""
    file, place = own_image(home, board)
    banner = "" if isinstance(board, Esp) else library().default(board.device_class).script.banner
    made = replace(origin(board), version=version, banner=banner, is_set_aside=is_set_aside)
    take_in(home / "own", [Part(file, place)], made)
    return {"firmware": str(home / "own")}


async def reset(data: Path, board: Board, settings: dict[str, str], **params: Any) -> ExecutionReport:
    """One agent, one order; the next one has the same journal."""
    async with open_bench(data, board.driver, board.simulator, settings) as bench:
        await bench.until(is_ready)
        good = {**board.good, "firmware": OWN}
        return await bench.order("reset", "clean", baseline=good, params=params, deadline_s=90)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
async def test_an_older_one_goes_on_only_with_a_reason_which_is_recorded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_esptool(monkeypatch)
    board = BOARDS[name]("older")
    board.simulator.soil()
    assert (await reset(tmp_path / "agent", board, store(tmp_path, board, "1.10"))).outcome is Outcome.CLEAN
    older = store(tmp_path, board, "1.9")
    board.simulator.soil()
    before = board.simulator.residue()
    refused = await reset(tmp_path / "agent", board, older)
    assert refused.trouble is not None
    assert (refused.trouble.code, refused.outcome) == ("older-firmware", Outcome.UNVERIFIED)
    assert board.simulator.residue() == before
    done = await reset(tmp_path / "agent", board, older, **{REASON: "1.10 drains the battery"})
    assert done.outcome is Outcome.CLEAN, done.trouble
    said = [step.detail.en for step in done.steps if step.detail]
    assert f"{OWN} 1.9 instead of 1.10: 1.10 drains the battery" in said
    assert (await reset(tmp_path / "agent", board, older)).outcome is Outcome.CLEAN


@pytest.mark.parametrize("name", ["micro:bit V1", "Calliope 2"])
async def test_what_did_not_last_is_written_again(name: str, tmp_path: Path) -> None:
    board = BOARDS[name]("again")
    board.simulator.soil()
    lose(board)
    report = await reset(tmp_path / "agent", board, store(tmp_path, board, "1.0"))
    assert report.outcome is Outcome.CLEAN, report.trouble
    assert [step.detail.en for step in report.steps if step.detail] == [f"{OWN} 1.0, written 2 times"]
    assert not any(board.simulator.residue().values())


async def test_what_is_set_aside_is_not_written_again_and_the_way_back_is_named(tmp_path: Path) -> None:
    board = BOARDS["micro:bit V1"]("aside")
    board.simulator.soil()
    lose(board)
    report = await reset(tmp_path / "agent", board, store(tmp_path, board, "1.0", is_set_aside=True))
    assert report.outcome is Outcome.QUARANTINED
    assert report.trouble is not None
    assert report.trouble.remedy is not None
    assert report.trouble.remedy.de == origin(board).undo[0]
    assert [step.detail.en for step in report.steps if step.detail] == [f"{OWN} 1.0, written 1 times and not read back"]


async def test_what_is_set_aside_and_could_not_be_written_names_the_way_back(tmp_path: Path) -> None:
    board = BOARDS["Uno"]("aside-pulled")
    board.simulator.soil()
    board.strike(3, board.pull)
    report = await reset(tmp_path / "agent", board, store(tmp_path, board, "1.0", is_set_aside=True))
    assert report.outcome is not Outcome.CLEAN
    assert report.trouble is not None
    assert report.trouble.remedy is not None
    assert report.trouble.remedy.de == origin(board).undo[0]


def lose(board: Board) -> None:
    """One line or page in the midst of the program does not arrive, and nobody says so."""
    assert isinstance(board, Micro)
    chip = board.simulator.chip

    def miss() -> None:
        chip.takes = False

    def take() -> None:
        chip.takes = True

    board.strike(3, miss)
    board.strike(4, take)
