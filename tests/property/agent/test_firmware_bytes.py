"""Images: whatever a foreign library writes is read the same, and nothing cut or flipped ever passes."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intelhex import IntelHex

from medialab_agent.drivers.arduino.simulated.chip import ATMEGA328P, Chip
from medialab_agent.drivers.arduino.simulated.stk500v1 import Stk500v1
from medialab_agent.drivers.arduino.simulated.stk500v2 import Stk500v2
from medialab_agent.sdk import intel_hex
from medialab_agent.sdk.firmware import shipped_folder
from medialab_agent.sdk.trouble import DeviceTrouble

SIZE = 0x2_0000
SHIPPED = (shipped_folder() / "atmega328p/medialab-default/image.hex").read_bytes()
memories = st.dictionaries(st.integers(0, SIZE - 1), st.integers(0, 255), min_size=1, max_size=200)


def _written(memory: dict[int, int]) -> bytes:
    image, out = IntelHex(), io.StringIO()
    for address, byte in memory.items():
        image[address] = byte
    image.write_hex_file(out)
    return out.getvalue().encode()


@given(memories)
def test_a_foreign_writer_is_read_byte_by_byte(memory: dict[int, int]) -> None:
    flat = intel_hex.flat(_written(memory), SIZE)
    assert len(flat) == SIZE
    assert {place: flat[place] for place in memory} == memory
    assert len(flat) - flat.count(b"\xff") == sum(byte != 0xFF for byte in memory.values())


@given(st.integers(0, len(SHIPPED.rstrip()) - 1))
@settings(max_examples=300)
def test_no_truncated_image_passes(length: int) -> None:
    with pytest.raises(DeviceTrouble, match="bad-firmware"):
        intel_hex.flat(SHIPPED[:length], SIZE)


@given(st.integers(0, len(SHIPPED) - 1), st.integers(0, 7))
@settings(max_examples=300)
def test_a_flipped_bit_never_gives_other_bytes(place: int, bit: int) -> None:
    """The case of a hex digit and the kind of a line's end carry no meaning; all else is refused."""
    content = bytearray(SHIPPED)
    content[place] ^= 1 << bit
    try:
        flat = intel_hex.flat(bytes(content), SIZE)
    except DeviceTrouble:
        return
    assert flat == intel_hex.flat(SHIPPED, SIZE)


@given(st.binary(max_size=400))
def test_rubbish_is_refused_not_misread(content: bytes) -> None:
    with pytest.raises(DeviceTrouble, match="bad-firmware"):
        intel_hex.flat(content, SIZE)


@given(st.integers(0, SIZE), st.binary(min_size=1, max_size=16))
def test_nothing_outside_of_the_memory_is_accepted(start: int, data: bytes) -> None:
    content = _written({start + offset: byte for offset, byte in enumerate(data)})
    if start + len(data) <= SIZE:
        assert intel_hex.flat(content, SIZE)[start : start + len(data)] == data
    else:
        with pytest.raises(DeviceTrouble):
            intel_hex.flat(content, SIZE)


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_simulated_boot_programs_survive_any_bytes_and_write_nothing_by_them(pieces: list[bytes]) -> None:
    for language in (Stk500v1, Stk500v2):
        chip = Chip(ATMEGA328P)
        boot = language(chip)
        boot_section = bytes(chip.flash[ATMEGA328P.application :])
        for piece in pieces:
            boot.take(piece)
        assert bytes(chip.flash[ATMEGA328P.application :]) == boot_section


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_a_conversation_is_understood_however_it_is_cut(cuts: list[int]) -> None:
    chip = Chip(ATMEGA328P)
    chip.load(bytes(range(256)))
    spoken = b"\x30\x20" + b"\x75\x20" + b"\x55\x10\x00\x20" + b"\x74\x00\x20\x46\x20"
    whole = Stk500v1(chip).take(spoken)
    boot, answers, rest = Stk500v1(chip), b"", spoken
    for cut in cuts:
        answers += boot.take(rest[:cut])
        rest = rest[cut:]
    assert answers + boot.take(rest) == whole
    assert bytes(range(32, 64)) in whole
