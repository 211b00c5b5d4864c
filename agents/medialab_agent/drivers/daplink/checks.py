"""The read-back after a reset: the program that runs has to prove the chip's whole memory, the drive is read anew."""

import asyncio

from medialab_agent.drivers.daplink.boards import Board
from medialab_agent.drivers.daplink.place import Place
from medialab_agent.drivers.daplink.reading import LOG_FILE
from medialab_agent.sdk.microbit.banner import BLANK, ERASED
from medialab_agent.sdk.microbit.conversation import Answer
from medialab_agent.sdk.microbit.default_program import DefaultProgram
from medialab_agent.sdk.microbit.findings import Finding, ask_program, checks_of
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check
from medialab_wire.texts import Text

NO_LOG = Text(de="keine Messwerte", en="no data")
LOG_THERE = Text(de="Messwerte sind noch da", en="data is still there")
LOG_EMPTY = Text(de="Speicher für Messwerte ganz gelesen: leer", en="memory for data read completely: empty")
LOG_HIDDEN = Text(de="nicht zu sehen, aber nicht geprüft", en="not visible, but not checked")
LOG_FAILED = Text(de="ließ sich nicht löschen", en="could not be erased")
NO_SUCH_MEMORY = Text(de="diese Platine zeichnet nichts auf", en="this board logs nothing")


async def findings(place: Place, board: Board, program: DefaultProgram, seconds: float) -> dict[str, Finding]:
    """Ask and look, now. Raises `Unreachable` when the port is gone."""
    answer, found = await ask_program(board.id, board.room, program, place.tty, seconds)
    names = await asyncio.to_thread(place.drive.names) if place.drive else None
    return {"program": found, "data-log": log_finding(board, names, answer)}


async def verify_clean(
    place: Place, board: Board, level: ResetLevel, program: DefaultProgram, seconds: float
) -> tuple[Check, ...]:
    """One check per check of the level."""
    return checks_of(level, await findings(place, board, program, seconds))


def log_finding(board: Board, names: frozenset[str] | None, answer: Answer | None) -> Finding:
    """The default program reads all of the log's memory; the drive only shows whether a file is visible."""
    if not board.has_log:
        return True, NO_LOG, NO_SUCH_MEMORY
    if names is not None and LOG_FILE in names:
        return False, NO_LOG, LOG_THERE
    proof = answer.proof if answer else None
    if proof is None or proof.board != board.id:
        return None, NO_LOG, LOG_HIDDEN
    if proof.log in (BLANK, ERASED):
        return True, NO_LOG, LOG_EMPTY
    return False, NO_LOG, LOG_FAILED
