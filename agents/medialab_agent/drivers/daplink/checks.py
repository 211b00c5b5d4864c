"""The read-back after a reset: the program that runs has to prove the chip's whole memory, the drive is read anew."""

import asyncio

from medialab_agent.drivers.daplink.boards import Board
from medialab_agent.drivers.daplink.place import Place
from medialab_agent.drivers.daplink.reading import LOG_FILE
from medialab_agent.sdk.microbit.banner import BLANK, ERASED, checksum
from medialab_agent.sdk.microbit.conversation import Answer, demand_proof
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.serial_line import SerialBusy
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text, Text]
"""Passed (None: could not be seen), expected, observed."""

ONLY_DEFAULT = Text(de="nur das Standardprogramm", en="the default program only")
PROVEN = Text(de="ganzer Speicher stimmt überein", en="the whole memory agrees")
DIFFERENT = Text(de="Speicher enthält etwas anderes", en="the memory holds something else")
FOREIGN = Text(de="ein anderes Programm antwortet", en="another program answers")
SILENT = Text(de="keine Antwort über den seriellen Anschluss", en="no answer over the serial port")
NO_PORT = Text(de="kein serieller Anschluss", en="no serial port")
NO_LOG = Text(de="keine Messwerte", en="no data")
LOG_THERE = Text(de="Messwerte sind noch da", en="data is still there")
LOG_EMPTY = Text(de="Speicher für Messwerte ganz gelesen: leer", en="memory for data read completely: empty")
LOG_HIDDEN = Text(de="nicht zu sehen, aber nicht geprüft", en="not visible, but not checked")
LOG_FAILED = Text(de="ließ sich nicht löschen", en="could not be erased")
NO_SUCH_MEMORY = Text(de="diese Platine zeichnet nichts auf", en="this board logs nothing")


async def prove(place: Place, seconds: float) -> Answer | None:
    """A fresh answer of what runs; None when nobody could be asked. Raises `Unreachable` when the port is gone."""
    if not place.tty:
        return None
    try:
        return await demand_proof(place.tty, seconds)
    except (SerialBusy, NeedsPerson):
        return None


async def verify_clean(
    place: Place, board: Board, level: ResetLevel, memory: Memory, seconds: float
) -> tuple[Check, ...]:
    """One check per check of the level."""
    answer = await prove(place, seconds)
    names = await asyncio.to_thread(place.drive.names) if place.drive else None
    findings = {"program": program_finding(board, memory, answer), "data-log": log_finding(board, names, answer)}
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            kind=spec.kind,
            result=_result((finding := findings[spec.id])[0]),
            expected=finding[1],
            observed=finding[2],
        )
        for spec in level.checks
    )


def program_finding(board: Board, memory: Memory, answer: Answer | None) -> Finding:
    """Silence proves nothing; another program's words, or a wrong checksum, prove that it is not the default one."""
    if answer is None:
        return None, ONLY_DEFAULT, NO_PORT
    proof = answer.proof
    if proof is None:
        return (False, ONLY_DEFAULT, FOREIGN) if answer.spoke else (None, ONLY_DEFAULT, SILENT)
    if proof.board != board.id or proof.checksum != checksum(answer.nonce, memory, board.room.flash):
        return False, ONLY_DEFAULT, DIFFERENT
    return True, ONLY_DEFAULT, PROVEN


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


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED
