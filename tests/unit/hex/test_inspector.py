"""The inspector: programs for another chip, another board or more memory are told before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.sdk.microbit.friendly_name import friendly_name, is_friendly_name
from medialab_agent.sdk.microbit.hexfile import memory_of, write_hex
from medialab_agent.sdk.microbit.inspector import MAKECODE, Chip, Maker, Misfit, Room, WrongProgram, fitting, maker
from medialab_agent.sdk.microbit.simulated.chip import learners_program

KB = 1024
V1 = Room(Chip.NRF51, 256 * KB, 16 * KB, (0x9901, 0x9900))
MINI_2 = Room(Chip.NRF51, 256 * KB, 32 * KB)
V2 = Room(Chip.NRF52, 512 * KB, 128 * KB, (0x9904, 0x9903))


def _hex(room: Room) -> bytes:
    return write_hex(memory_of({0: learners_program(room, "hello")}))


def _why(content: bytes, room: Room) -> Misfit:
    with pytest.raises(WrongProgram) as caught:
        fitting(content, room)
    return caught.value.why


@pytest.mark.parametrize("room", [V1, MINI_2, V2])
def test_a_program_fits_its_own_board(room: Room) -> None:
    assert fitting(_hex(room), room).word(0) == 0x20000000 + room.ram


@pytest.mark.parametrize(
    ("built_for", "board", "why"),
    [
        (V2, V1, Misfit.OTHER_CHIP),
        (V1, V2, Misfit.OTHER_CHIP),
        (MINI_2, V1, Misfit.TOO_MUCH_RAM),
        (V2, MINI_2, Misfit.OTHER_CHIP),
    ],
)
def test_a_program_for_another_board_is_refused(built_for: Room, board: Room, why: Misfit) -> None:
    assert _why(_hex(built_for), board) is why


def test_a_smaller_program_fits_a_larger_board_of_the_same_chip() -> None:
    assert fitting(_hex(V1), MINI_2)


def test_what_would_go_elsewhere_is_refused() -> None:
    program = learners_program(V1, "hello")
    outside = write_hex(memory_of({0: program, 256 * KB: b"more"}))
    assert _why(outside, V1) is Misfit.OUTSIDE
    assert fitting(write_hex(memory_of({0: program, 0x10001080: b"uicr"})), V1)


def test_what_cannot_start_is_refused() -> None:
    assert _why(write_hex(memory_of({0: b"no vectors at all" * 20})), V1) is Misfit.NO_PROGRAM
    assert _why(b"hello", V1) is Misfit.BROKEN
    assert _why(b":00000001FF\n", V1) is Misfit.BROKEN


def test_the_program_behind_a_bluetooth_stack_counts() -> None:
    """Its own vectors stand at 0x18000; those at 0 are the stack's and say little."""
    stack, program = learners_program(V1, "stack")[:256], learners_program(MINI_2, "program")
    assert _why(write_hex(memory_of({0: stack, 0x18000: program})), V1) is Misfit.TOO_MUCH_RAM


def test_what_it_was_made_with() -> None:
    assert maker(memory_of({0x3E000: MAKECODE})) is Maker.MAKECODE
    assert maker(memory_of({0: b"\0" * 64})) is Maker.OTHER


@given(st.integers(0, 2**32 - 1))
def test_every_chip_has_a_name_one_can_say(number: int) -> None:
    assert is_friendly_name(friendly_name(number))


def test_the_name_that_is_known() -> None:
    """MicroPython on QEMU's chip calls itself so."""
    assert friendly_name(0x12345678) == "vazav"
