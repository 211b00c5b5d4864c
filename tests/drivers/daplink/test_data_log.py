"""The default program for nRF52833 on an emulated Cortex-M4: it empties the data log, proves its memory, and says when
it could not. The interface chip beside it is a model after DAPLink's source, not the chip."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from medialab_agent.drivers.daplink.boards import BOARDS, CALLIOPE_3, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.checks import LOG_EMPTY, LOG_FAILED, log_finding
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.microbit.banner import read_banner, read_proof
from medialab_agent.sdk.microbit.conversation import Answer
from medialab_agent.sdk.microbit.findings import program_finding
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.inspector import fitting
from tests.peers.microbit.rig import run_peer

NONCE = "600df00d"
CASES: dict[str, tuple[Board, list[str]]] = {
    "empty": (MICROBIT_V2, ["1024", "none"]),
    "full": (MICROBIT_V2, ["4096", "none", *(str(at) for at in range(0, 0x1F000, 4000))]),
    "last-byte": (CALLIOPE_3, ["1024", "busy", str(0x20000 - 1024 - 1)]),
    "stubborn": (MICROBIT_V2, ["1024", "stubborn", "100"]),
}


def _memory(board: Board) -> Memory:
    return fitting(library().default(board.id).open().data, board.room)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All cases, two at a time."""
    folder: Path = tmp_path_factory.mktemp("images")
    program = (Path(__file__).parents[2] / "peers/microbit/cortex.py").read_text(encoding="utf-8")
    for board in BOARDS.values():
        if board.has_log:
            (folder / board.id).write_bytes(_memory(board).read(0, board.room.flash))

    def one(case: str) -> Any:
        board, arguments = CASES[case]
        return json.loads(run_peer(program, str(folder / board.id), NONCE, *arguments))

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CASES, pool.map(one, CASES), strict=True))


def _answer(said: Any) -> Answer:
    proof = next((proof for line in said["lines"] if (proof := read_proof(line))), None)
    return Answer(NONCE, proof, spoke=True)


@pytest.mark.parametrize("case", CASES)
def test_it_proves_its_memory_whatever_the_log_holds(told: dict[str, Any], case: str) -> None:
    board, _ = CASES[case]
    assert program_finding(board.id, board.room, _memory(board), _answer(told[case]))[0] is True
    first = next(banner for line in told[case]["lines"] if (banner := read_banner(line)))
    assert (first.board, first.name, first.log) == (board.id, "vazav", "checking")


@pytest.mark.parametrize("case", ["empty", "full", "last-byte"])
def test_nothing_of_the_log_is_left(told: dict[str, Any], case: str) -> None:
    board, arguments = CASES[case]
    assert (told[case]["left"], told[case]["visible"]) == (0, False)
    assert log_finding(board, frozenset({"DETAILS.TXT"}), _answer(told[case]))[::2] == (True, LOG_EMPTY)
    had_data = len(arguments) > 2
    assert told[case]["remounts"] == int(had_data)
    assert (told[case]["erased"] > 0) is had_data, "an empty log is not erased again at every start"


def test_what_cannot_be_erased_is_said(told: dict[str, Any]) -> None:
    assert told["stubborn"]["left"] == 1
    assert log_finding(MICROBIT_V2, None, _answer(told["stubborn"]))[::2] == (False, LOG_FAILED)
