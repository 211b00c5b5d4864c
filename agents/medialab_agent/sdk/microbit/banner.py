"""What the default program says over its serial port; the words stand in firmware_scripts/source/microbit/default.c."""

import re
import zlib
from dataclasses import dataclass

from medialab_agent.sdk.microbit.hexfile import Memory

NO_LOG, CHECKING, BLANK, ERASED, FAILED = "none", "checking", "blank", "erased", "failed"
"""What it says about the data log: the board has none, still reading, empty, emptied just now, could not empty it."""

_LOG = rf"log=({NO_LOG}|{CHECKING}|{BLANK}|{ERASED}|{FAILED})"
_BANNER = re.compile(
    rf"MEDIALAB default ([0-9.]{{1,20}}) ([a-z0-9-]{{1,40}}) ([a-z]{{5}}) ([0-9a-f]{{16}}) ([0-9a-f]{{12}}) {_LOG}"
)
_PROOF = re.compile(rf"MEDIALAB proof ([0-9a-f]{{8}}) ([0-9a-f]{{8}}) ([a-z0-9-]{{1,40}}) ([0-9a-f]{{16}}) {_LOG}")


@dataclass(frozen=True)
class Banner:
    """Said once a second. `bluetooth`: the address it would have, `c0:…` to `ff:…`."""

    version: str
    board: str
    name: str
    device_id: str
    bluetooth: str
    log: str


@dataclass(frozen=True)
class Proof:
    """Said when asked: `checksum` covers the asker's nonce and every byte of the chip's program memory."""

    nonce: str
    checksum: str
    board: str
    device_id: str
    log: str


def read_banner(line: str) -> Banner | None:
    """The banner in this line, or None."""
    found = _BANNER.fullmatch(line)
    if found is None:
        return None
    version, board, name, device_id, address, log = found.groups()
    bluetooth = ":".join(address[at : at + 2] for at in range(0, 12, 2))
    return Banner(version, board, name, device_id, bluetooth, log)


def read_proof(line: str) -> Proof | None:
    """The proof in this line, or None."""
    found = _PROOF.fullmatch(line)
    return Proof(*found.groups()) if found else None


def question(nonce: str) -> bytes:
    """Asks for a proof. `nonce`: eight hex digits, never the same twice."""
    return f"MEDIALAB? {nonce}\n".encode()


FIND = b"MEDIALAB! find\n"
"""Makes it blink."""


def checksum(nonce: str, memory: Memory, flash: int) -> str:
    """What the proof must say when the chip holds this program and nothing else; `flash`: its size in bytes."""
    return f"{zlib.crc32(bytes.fromhex(nonce) + memory.read(0, flash)):08x}"
