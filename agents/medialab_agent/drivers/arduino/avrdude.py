"""Writes flash with avrdude, which is run as a program and never trusted: what it wrote is read back elsewhere."""

from medialab_agent.drivers.arduino.device import Device, Met
from medialab_agent.drivers.arduino.program_image import Wanted
from medialab_agent.drivers.arduino.words import not_kept, other_chip
from medialab_agent.sdk.program import Ended, Ending, Program, failed, in_memory, run
from medialab_agent.sdk.steps import Say

BAR = 50
"""Marks avrdude prints for each of its bars: one for writing, one for its own comparing (avrdude.1)."""


RETRIED = {Ending.EXITED, Ending.STALLED}
"""A bad start on a busy computer, a cable that lost a byte: the next attempt begins with a fresh reset."""


class _Progress:
    """Counts the marks; other output, such as complaints that are repeated for ever, is no progress."""

    def __init__(self, say: Say) -> None:
        self._say, self._marks, self._tail = say, 0, ""

    def __call__(self, piece: str) -> bool:
        # a bar begins with "| "; names of files may hold the mark, too, but never appear after that
        self._tail = (self._tail + piece)[-400:]
        new = piece.count("#") if "|" in self._tail else 0
        self._marks += new
        self._say(min(1.0, self._marks / (2 * BAR)))
        return new > 0


async def write(device: Device, met: Met, wanted: Wanted, say: Say) -> None:
    """Write the whole application area, as often as the script allows. Raises `DeviceTrouble`."""
    script = wanted.firmware.script
    for attempt in range(script.attempts):
        with in_memory(wanted.flash) as (fd, path):
            arguments = (
                # -D: these boot programs cannot erase the whole chip; implies -A, which keeps blank pages
                *("-D", "-p", met.board.part, "-c", met.way.programmer, "-b", str(met.way.baud)),
                *("-P", device.tty, "-U", f"flash:w:{path}:r"),
            )
            ended = await avrdude(device, arguments, (fd,), script.deadline_s, say)
        if ended.is_ok:
            return
        if ended.ending not in RETRIED or attempt + 1 == script.attempts:
            raise why(ended)


async def avrdude(
    device: Device, arguments: tuple[str, ...], fds: tuple[int, ...], deadline_s: float, say: Say
) -> Ended:
    """Run it once: watched, and ended when the board goes away. Raises `NeedsPerson` where it is not installed."""
    program = Program(device.avrdude(), arguments, deadline_s, device.stall_s, fds=fds)
    return await run(program, _Progress(say), device.is_there)


def why(ended: Ended) -> Exception:
    """avrdude says more than its exit code does (avrdude 7.1, main.c and update.c)."""
    if "Expected signature" in ended.output or "expected signature" in ended.output:
        return other_chip(ended.last_lines())
    if "verification" in ended.output and "mismatch" in ended.output:
        return not_kept(ended.last_lines())
    return failed("avrdude", ended)
