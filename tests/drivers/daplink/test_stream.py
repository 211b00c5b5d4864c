"""Sending a program: cut off at every byte, damaged, interrupted; what was not proven is never a success."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialab_agent.drivers.daplink.boards import MICROBIT_V1, MICROBIT_V2
from medialab_agent.drivers.daplink.hidlink import BadAnswer, HidLink
from medialab_agent.drivers.daplink.simulated.stream import State
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.drivers.daplink.stream import CLOSE, HEX, OPEN, WRITE, padded, send_hex
from medialab_agent.sdk.microbit.banner import read_proof
from medialab_agent.sdk.microbit.conversation import Answer
from medialab_agent.sdk.microbit.findings import program_finding
from medialab_agent.sdk.microbit.hexfile import memory_of, read_hex, write_hex
from medialab_agent.sdk.microbit.simulated.chip import learners_program
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable
from tests.peers.microbit.rig import micropython

SMALL = memory_of({0: learners_program(MICROBIT_V1.room, "small")[:0x110]})
CONTENT = write_hex(SMALL)
WRONG = CONTENT[:10] + (b"1" if CONTENT[10:11] == b"0" else b"0") + CONTENT[11:]
"""Its first line has another checksum than it says."""


@asynccontextmanager
async def board(kind: object = MICROBIT_V1) -> AsyncIterator[DapLinkSimulator]:
    simulator = DapLinkSimulator("stream", board=kind, beat_s=60)  # type: ignore[arg-type]
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


async def _send(simulator: DapLinkSimulator, content: bytes) -> None:
    async with HidLink(str(simulator.folder / "hid")) as link:
        await send_hex(link, content, lambda _part: None)


def _holds(simulator: DapLinkSimulator, content: bytes = CONTENT) -> bool:
    flash = read_hex(content).parts[None].read(0, simulator.board.room.flash)
    return bytes(simulator.chip.flash) == flash


async def test_a_whole_program_arrives() -> None:
    async with board() as simulator:
        await _send(simulator, CONTENT)
        assert _holds(simulator)
        assert simulator.chip.beat() == "small"


async def test_cut_off_at_every_byte_it_is_never_a_success() -> None:
    """The last line end may be missing; everything before it counts."""
    whole = len(CONTENT) - 1
    async with board() as simulator:
        async with HidLink(str(simulator.folder / "hid")) as link:
            for size in range(whole):
                with pytest.raises(DeviceTrouble):
                    await send_hex(link, CONTENT[:size], lambda _part: None)
        await _send(simulator, CONTENT[:whole])
        assert _holds(simulator)


async def test_the_board_itself_calls_a_cut_off_program_a_success() -> None:
    """The trap: without the answer 19 nobody knows. Held against DAPLink's source, not against a real board."""
    half = padded(CONTENT[: len(CONTENT) // 2])
    async with board() as simulator, HidLink(str(simulator.folder / "hid")) as link:
        assert await link.ask(OPEN, HEX) == bytes([0]).ljust(63, b"\0")
        answers = {(await link.ask(WRITE, 62, data=half[at : at + 62].ljust(62, b"\n")))[0] for at in range(0, 512, 62)}
        assert answers == {0}
        assert (await link.ask(CLOSE))[0] == 0
        assert not _holds(simulator)


@pytest.mark.parametrize("length", [16, 38])
async def test_wherever_the_end_lies_in_its_sector_it_is_seen(length: int) -> None:
    """Also when only the last line end would go into a sector of its own."""
    lines = write_hex(memory_of({0: learners_program(MICROBIT_V1.room, "small")[: 0x100 + length]}))
    for spaces in range(0, 512, 31):
        content = b"\n" * spaces + lines
        async with board() as simulator:
            await _send(simulator, content)
            assert _holds(simulator, lines)


async def test_a_piece_over_the_end_of_a_sector_hides_what_went_wrong() -> None:
    """The other trap: the answer is that of the piece's second part."""
    content = padded(WRONG).ljust(1024, b"\n")
    async with board() as simulator, HidLink(str(simulator.folder / "hid")) as link:
        await link.ask(OPEN, HEX)
        answers = [(await link.ask(WRITE, 62, data=content[at : at + 62]))[0] for at in range(0, 16 * 62, 62)]
        assert answers[8] == 0, "this one crosses, and the checksum was wrong"
        assert simulator._stream._state is State.ERROR


async def test_an_end_in_the_last_part_sector_is_swallowed_without_padding() -> None:
    async with board() as simulator, HidLink(str(simulator.folder / "hid")) as link:
        await link.ask(OPEN, HEX)
        assert len(CONTENT) % 512
        for at in range(0, len(CONTENT), 62):
            piece = CONTENT[at : at + 62]
            assert (await link.ask(WRITE, len(piece), data=piece))[0] == 0
        assert (await link.ask(CLOSE))[0] == 0
        assert _holds(simulator), "it is all there, and no answer said so"


def _run(work: Callable[[DapLinkSimulator], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with board() as simulator:
            await work(simulator)

    asyncio.run(inside())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(CONTENT) - 2), st.integers(0, 7))
def test_a_flipped_bit_never_passes_for_the_program(at: int, bit: int) -> None:
    """What the interface chip lets pass (a colon that is none hides a line), the proof does not."""
    damaged = bytearray(CONTENT)
    damaged[at] ^= 1 << bit

    async def work(simulator: DapLinkSimulator) -> None:
        try:
            await _send(simulator, bytes(damaged))
        except DeviceTrouble:
            return
        simulator.chip._greets = ("1", MICROBIT_V1.id)  # a program that proves itself truthfully
        proof = read_proof(simulator.chip.hear("MEDIALAB? 0badcafe"))
        answer = Answer("0badcafe", proof, spoke=True)
        passed = program_finding(MICROBIT_V1.id, MICROBIT_V1.room, SMALL, answer)[0]
        assert passed is _holds(simulator)

    _run(work)


async def test_a_stream_somebody_left_open_is_closed_first() -> None:
    async with board() as simulator:
        async with HidLink(str(simulator.folder / "hid")) as link:
            await link.ask(OPEN, HEX)
            await link.ask(WRITE, 62, data=CONTENT[:62])
        assert simulator._stream._state is State.OPEN
        await _send(simulator, CONTENT)
        assert _holds(simulator)


@pytest.mark.parametrize(("fault", "number"), [(Fault.LOCKED, "DAPLink 14"), (Fault.REFUSE, "DAPLink 16")])
async def test_what_the_board_refuses_is_said_and_the_next_try_works(fault: Fault, number: str) -> None:
    async with board() as simulator:
        simulator.faults.add(fault)
        with pytest.raises(Refused) as caught:
            await _send(simulator, CONTENT)
        assert caught.value.trouble.detail == number
        simulator.faults.clear()
        await _send(simulator, CONTENT)
        assert _holds(simulator)


async def test_a_program_for_the_other_chip_is_refused_by_the_board_too() -> None:
    async with board(MICROBIT_V2) as simulator:
        with pytest.raises(Refused) as caught:
            await _send(simulator, CONTENT)
        assert caught.value.trouble.detail == "DAPLink 29"


async def test_a_wrong_checksum_is_refused() -> None:
    async with board() as simulator:
        with pytest.raises(Refused) as caught:
            await _send(simulator, WRONG)
        assert caught.value.trouble.detail == "DAPLink 21"


async def test_rubbish_and_silence_are_told_apart() -> None:
    async with board() as simulator:
        simulator.faults.add(Fault.GARBAGE)
        with pytest.raises(BadAnswer):
            await _send(simulator, CONTENT)
    with pytest.raises(Unreachable):
        await _send(simulator, CONTENT)


async def test_both_sides_pick_the_same_part_of_micropythons_universal_hex() -> None:
    """A real file: the simulated chip skips foreign blocks as DAPLink does, the driver takes its own part out."""
    content = await asyncio.to_thread(micropython)
    part = read_hex(content).meant_for(*MICROBIT_V1.room.hex_ids)
    assert part is not None
    async with board() as simulator:
        stream = simulator._stream
        assert stream.open(HEX) == 0
        blocks = (content[at : at + 512].ljust(512, b"\n") for at in range(0, len(content), 512))
        assert 19 in {stream.write(block) for block in blocks}
        stream.close()
        assert bytes(simulator.chip.flash) == part.read(0, MICROBIT_V1.room.flash)
