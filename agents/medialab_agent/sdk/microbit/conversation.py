"""Talks with the default program: overhears what runs, and has it prove what the chip's memory holds."""

import asyncio
import secrets
from dataclasses import dataclass

from medialab_agent.sdk.microbit.banner import FIND, Banner, Proof, question, read_banner, read_proof
from medialab_agent.sdk.microbit.serial_line import SerialLine

BEAT_S = 1.0
"""Seconds between two banners."""
FOREIGN_LINES = 6
"""Lines that are no banner and no proof, after which it is another program; some may wait, cut, in the interface chip
since the port was last read."""


@dataclass(frozen=True)
class Overheard:
    """What a board said by itself. `spoke`: something that is no banner."""

    banner: Banner | None
    spoke: bool


@dataclass(frozen=True)
class Answer:
    """What came back on a question: a fresh proof, or else whether anything was heard at all."""

    nonce: str
    proof: Proof | None
    spoke: bool


async def overhear(path: str, seconds: float) -> Overheard:
    """Listen without sending anything. Raises `Unreachable`, `SerialBusy`, `NeedsPerson`."""
    end, foreign = asyncio.get_running_loop().time() + seconds, 0
    async with SerialLine(path) as line:
        while foreign < FOREIGN_LINES and (left := end - asyncio.get_running_loop().time()) > 0:
            words = await line.line(left)
            if words is not None:
                banner = read_banner(words)
                if banner is not None:
                    return Overheard(banner, foreign > 0)
                foreign += 1
        return Overheard(None, line.heard > 0)


async def demand_proof(path: str, seconds: float) -> Answer:
    """Ask with a fresh nonce until it answers; an answer that was waiting somewhere cannot carry it.

    Raises `Unreachable`, `SerialBusy`, `NeedsPerson`."""
    nonce, end, foreign = secrets.token_hex(4), asyncio.get_running_loop().time() + seconds, 0
    async with SerialLine(path) as line:
        while foreign < FOREIGN_LINES and (left := end - asyncio.get_running_loop().time()) > 0:
            line.send(b"\n" + question(nonce))
            proof, strange = await _proof(line, nonce, min(left, BEAT_S))
            if proof is not None:
                return Answer(nonce, proof, spoke=True)
            foreign += strange
        return Answer(nonce, None, line.heard > 0)


async def await_start(path: str, seconds: float) -> Banner | None:
    """The first banner that is done with the data log; None when none came. Raises as above."""
    end = asyncio.get_running_loop().time() + seconds
    async with SerialLine(path) as line:
        while (left := end - asyncio.get_running_loop().time()) > 0:
            banner = read_banner(await line.line(left) or "")
            if banner is not None and banner.log != "checking":
                return banner
    return None


async def make_blink(path: str) -> bool:
    """Whether the default program said that it blinks. Raises as above."""
    async with SerialLine(path) as line:
        line.send(b"\n" + FIND)
        end = asyncio.get_running_loop().time() + 2 * BEAT_S
        while (left := end - asyncio.get_running_loop().time()) > 0:
            if await line.line(left) == "MEDIALAB found":
                return True
    return False


async def _proof(line: SerialLine, nonce: str, seconds: float) -> tuple[Proof | None, int]:
    """The proof with this nonce, or how many lines of another program were heard instead."""
    end, foreign = asyncio.get_running_loop().time() + seconds, 0
    while foreign < FOREIGN_LINES and (left := end - asyncio.get_running_loop().time()) > 0:
        words = await line.line(left)
        proof = read_proof(words) if words is not None else None
        if proof is not None and proof.nonce == nonce:
            return proof, foreign
        foreign += words is not None and proof is None and read_banner(words) is None
    return None, foreign
