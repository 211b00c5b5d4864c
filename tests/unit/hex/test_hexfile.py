"""Hex files: held against intelhex, cut everywhere, and with each kind of damage."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intelhex import IntelHex

from medialab_agent.sdk.microbit.hexfile import BadHex, Memory, memory_of, read_hex, write_hex

pieces = st.dictionaries(
    st.integers(0, 0x3FFF).map(lambda at: at * 64), st.binary(min_size=1, max_size=64), min_size=1, max_size=12
)


def _by_intelhex(parts: dict[int, bytes]) -> bytes:
    image: Any = IntelHex()
    for at, data in parts.items():
        image.puts(at, data.decode("latin-1"))
    out = io.StringIO()
    image.write_hex_file(out, write_start_addr=False)
    return out.getvalue().encode()


def _read_by_intelhex(content: bytes) -> dict[int, int]:
    image: Any = IntelHex(io.StringIO(content.decode()))
    return {at: image[at] for at in image.addresses()}


def _cells(memory: Memory) -> dict[int, int]:
    return {at + offset: value for at, data in memory.runs for offset, value in enumerate(data)}


@given(pieces)
def test_it_reads_what_intelhex_writes(parts: dict[int, bytes]) -> None:
    assert read_hex(_by_intelhex(parts)).parts == {None: memory_of(parts)}


@given(pieces)
def test_intelhex_reads_what_it_writes(parts: dict[int, bytes]) -> None:
    memory = memory_of(parts)
    assert _read_by_intelhex(write_hex(memory)) == _cells(memory)
    assert read_hex(write_hex(memory, end="\r\n")).parts == {None: memory}


@given(pieces, st.data())
def test_a_file_cut_off_anywhere_is_refused(parts: dict[int, bytes], data: st.DataObject) -> None:
    content = write_hex(memory_of(parts)).rstrip(b"\n")
    with pytest.raises(BadHex):
        read_hex(content[: data.draw(st.integers(0, len(content) - 1))])


@settings(max_examples=300)
@given(pieces, st.data())
def test_a_flipped_bit_is_refused_or_changes_nothing(parts: dict[int, bytes], data: st.DataObject) -> None:
    """Upper and lower case of a digit differ by one bit and mean the same."""
    memory = memory_of(parts)
    damaged = bytearray(write_hex(memory))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = read_hex(bytes(damaged)).parts
    except BadHex:
        return
    assert found == {None: memory}


@given(st.binary(max_size=300))
def test_rubbish_is_refused_in_words(content: bytes) -> None:
    try:
        read_hex(content)
    except BadHex as error:
        assert str(error)


def _record(kind: int, data: bytes, address: int = 0) -> bytes:
    raw = bytes([len(data), *address.to_bytes(2, "big"), kind]) + data
    return b":" + raw.hex().upper().encode() + f"{-sum(raw) & 0xFF:02X}\n".encode()


def _universal(first: bytes, second: bytes) -> bytes:
    """As microbit-foundation/spec-universal-hex lays it out: V1 with plain records, V2 with records of its own."""
    upper = _record(4, b"\0\0")
    return (
        upper + _record(0x0A, b"\x99\x00\xc0\xde") + _record(0, first) + _record(0x0B, b"\xff" * 4)
        + upper + _record(0x0A, b"\x99\x03\xc0\xde") + _record(0x0D, second) + _record(0x0C, b"\xff" * 16)
        + _record(1, b"")
    )  # fmt: skip


@given(st.binary(min_size=1, max_size=32), st.binary(min_size=1, max_size=32))
def test_each_board_gets_its_own_section_of_a_universal_hex(first: bytes, second: bytes) -> None:
    file = read_hex(_universal(first, second))
    assert file.boards == (0x9900, 0x9903)
    assert file.meant_for(0x9901, 0x9900) == memory_of({0: first})
    assert file.meant_for(0x9904, 0x9903) == memory_of({0: second})
    assert file.meant_for(0x1234) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_record(1, b""), "no program"),
        (_record(0, b"a") + _record(1, b"") + _record(0, b"b", 1), "follows the end"),
        (_record(0, b"a") + _record(0, b"b") + _record(1, b""), "disagree"),
        (_record(6, b"a") + _record(1, b""), "not known"),
        (_record(4, b"a") + _record(1, b""), "two bytes"),
        (b":0" + _record(0, b"a")[1:], "digits"),
        (_record(0, b"a") + _universal(b"x", b"y"), "no board"),
        (b":" * 9_000_000, "too large"),
    ],
)
def test_the_reason_is_said(content: bytes, reason: str) -> None:
    with pytest.raises(BadHex, match=reason):
        read_hex(content)
