"""Reads Intel HEX strictly: every checksum, no overlap, and nothing without its end record counts.

Format: Intel, Hexadecimal Object File Format Specification, revision A, 1988."""

from collections.abc import Iterator

from medialab_agent.sdk.firmware_script import bad_script

BLANK = 0xFF
"""What erased flash holds."""
LINES_MOST = 400_000


def flat(content: bytes, size: int, start: int = 0) -> bytes:
    """The memory from `start` on, `size` bytes, blank where the file says nothing.

    Raises `Refused` for a damaged or truncated file, and for one that writes anywhere else."""
    memory, is_written = bytearray([BLANK]) * size, bytearray(size)
    for address, data in records(content):
        place = address - start
        if place < 0 or place + len(data) > size:
            raise bad_script(f"hex: {address:#x} is outside of this memory")
        if any(is_written[place : place + len(data)]):
            raise bad_script(f"hex: {address:#x} is written twice")
        memory[place : place + len(data)] = data
        is_written[place : place + len(data)] = b"\x01" * len(data)
    return bytes(memory)


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Address and data of each data record. Raises `Refused`, also when the end record is missing."""
    base, lines = 0, content.split(b"\n")
    if len(lines) > LINES_MOST:
        raise bad_script("hex: too long")
    for number, line in enumerate(lines, 1):
        if not (line := line.strip()):
            continue
        kind, address, data = _record(line, number)
        if kind == 0:
            yield base + address, data
        elif kind == 1:
            if any(rest.strip() for rest in lines[number:]):
                raise bad_script(f"hex: something follows the end in line {number}")
            return
        elif kind in (2, 4) and len(data) == 2:
            base = int.from_bytes(data, "big") << (4 if kind == 2 else 16)
        elif kind not in (3, 5):  # where the program begins; boot programs know that themselves
            raise bad_script(f"hex: record {kind} in line {number}")
    raise bad_script("hex: the end is missing")


def _record(line: bytes, number: int) -> tuple[int, int, bytes]:
    try:
        raw = bytes.fromhex(line[1:].decode("ascii")) if line[:1] == b":" else b""
    except ValueError:
        raw = b""
    if len(raw) < 5 or len(raw) != raw[0] + 5 or sum(raw) % 256:
        raise bad_script(f"hex: line {number} is damaged")
    return raw[3], int.from_bytes(raw[1:3], "big"), raw[4:-1]
