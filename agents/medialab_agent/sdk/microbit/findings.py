"""What an answer of the default program proves, and in which words; the same for every board that runs it."""

from medialab_agent.sdk.microbit.banner import checksum
from medialab_agent.sdk.microbit.conversation import Answer, await_start, demand_proof
from medialab_agent.sdk.microbit.default_program import DefaultProgram
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.inspector import Room
from medialab_agent.sdk.microbit.serial_line import SerialBusy
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text, Text]
"""Passed (None: could not be seen), expected, observed."""
Asked = tuple[Answer | None, Finding]

ONLY_DEFAULT = Text(de="nur das Standardprogramm", en="the default program only")
PROVEN = Text(de="ganzer Speicher stimmt überein", en="the whole memory agrees")
DIFFERENT = Text(de="Speicher enthält etwas anderes", en="the memory holds something else")
FOREIGN = Text(de="ein anderes Programm antwortet", en="another program answers")
SILENT = Text(de="keine Antwort über den seriellen Anschluss", en="no answer over the serial port")
UNABLE = Text(
    de="dieses Programm kann seinen Speicher nicht beweisen", en="this program cannot prove what its memory holds"
)
NO_PORT = Text(de="kein serieller Anschluss", en="no serial port")


async def ask_program(board: str, room: Room, program: DefaultProgram, tty: str, seconds: float) -> Asked:
    """What runs, and what it proves. Raises `Unreachable` when the port is gone."""
    if not program.can_prove:
        return None, (None, ONLY_DEFAULT, UNABLE)
    if not tty:
        return None, (None, ONLY_DEFAULT, NO_PORT)
    try:
        answer = await demand_proof(tty, seconds)
    except (SerialBusy, NeedsPerson) as error:
        return None, (None, ONLY_DEFAULT, error.trouble.text)
    return answer, program_finding(board, room, program.memory, answer)


async def runs(board: str, room: Room, program: DefaultProgram, tty: str, start_s: float, seconds: float) -> bool:
    """Whether it starts, and what it proves. Raises `Unreachable`, `NeedsPerson`."""
    if await await_start(tty, start_s) is None:
        return False
    _answer, found = await ask_program(board, room, program, tty, seconds)
    return found[0] is not False


def program_finding(board: str, room: Room, memory: Memory, answer: Answer) -> Finding:
    """Silence proves nothing; another program's words, or a wrong checksum, prove that it is not the default one."""
    proof = answer.proof
    if proof is None:
        return (False, ONLY_DEFAULT, FOREIGN) if answer.spoke else (None, ONLY_DEFAULT, SILENT)
    if proof.board != board or proof.checksum != checksum(answer.nonce, memory, room.flash):
        return False, ONLY_DEFAULT, DIFFERENT
    return True, ONLY_DEFAULT, PROVEN


def checks_of(level: ResetLevel, findings: dict[str, Finding]) -> tuple[Check, ...]:
    """One check per check of the level."""
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


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED
