"""The default program for micro:bit V1 on QEMU's micro:bit: what it says, and what it proves about its own memory."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from medialab_agent.drivers.daplink.boards import BOARDS, MICROBIT_V1
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.microbit.conversation import await_start, demand_proof, make_blink, overhear
from medialab_agent.sdk.microbit.findings import DIFFERENT, FOREIGN, PROVEN, program_finding
from medialab_agent.sdk.microbit.hexfile import Memory
from medialab_agent.sdk.microbit.inspector import Maker, fitting, maker
from medialab_agent.sdk.microbit.simulated.chip import Chip
from tests.peers.microbit.rig import DEVICE_ID, ROOT, QemuMicrobit, micropython

SOURCE = ROOT / "firmware_scripts/source/microbit"


def image(target: str) -> Path:
    return ROOT / "firmware_scripts" / target / "medialab-default/image.hex"


@pytest.fixture(scope="module")
def program() -> Memory:
    """What a reset puts on a micro:bit V1."""
    return fitting(library().default("bbc-microbit-v1").open().data, MICROBIT_V1.room)


@pytest.fixture(scope="module")
def flash(program: Memory) -> bytes:
    return program.read(0, MICROBIT_V1.room.flash)


@pytest.fixture(scope="module")
def board(flash: bytes) -> Iterator[QemuMicrobit]:
    with QemuMicrobit(flash) as running:
        yield running


def test_the_images_come_from_this_source(tmp_path: Path) -> None:
    subprocess.run([SOURCE / "build.sh", tmp_path], check=True, timeout=100)
    for target in (*BOARDS, "calliope-mini-2"):
        assert (tmp_path / f"{target}.hex").read_bytes() == image(target).read_bytes(), target


async def test_it_says_what_it_is(board: QemuMicrobit) -> None:
    banner = (await overhear(board.tty, 10)).banner
    assert banner is not None
    assert (banner.board, banner.name, banner.log) == ("bbc-microbit-v1", "vazav", "none")
    assert banner.device_id == f"{DEVICE_ID:016x}"
    assert await await_start(board.tty, 10) == banner


async def test_it_proves_that_nothing_else_is_there(board: QemuMicrobit, program: Memory) -> None:
    answer = await demand_proof(board.tty, 20)
    assert program_finding(MICROBIT_V1.id, MICROBIT_V1.room, program, answer)[::2] == (True, PROVEN)
    again = await demand_proof(board.tty, 20)
    assert again.proof is not None
    assert answer.proof is not None
    assert again.proof.checksum != answer.proof.checksum


async def test_it_blinks(board: QemuMicrobit) -> None:
    assert await make_blink(board.tty)


async def test_one_byte_too_much_is_found(flash: bytes, program: Memory) -> None:
    """The very last one, far behind the program."""
    wrong = bytearray(flash)
    wrong[-1] = 0x7F
    with QemuMicrobit(bytes(wrong)) as running:
        answer = await demand_proof(running.tty, 20)
    assert program_finding(MICROBIT_V1.id, MICROBIT_V1.room, program, answer)[::2] == (False, DIFFERENT)


async def test_micropython_is_another_program(program: Memory) -> None:
    python = fitting(micropython(), MICROBIT_V1.room)
    assert maker(python) is Maker.MICROPYTHON
    with QemuMicrobit(python.read(0, MICROBIT_V1.room.flash)) as running:
        heard = await overhear(running.tty, 2)
        answer = await demand_proof(running.tty, 3)
    assert heard.banner is None
    assert program_finding(MICROBIT_V1.id, MICROBIT_V1.room, program, answer)[::2] == (False, FOREIGN)


async def test_the_simulated_chip_says_the_same(board: QemuMicrobit, flash: bytes) -> None:
    """Word for word, but for the Bluetooth address, which QEMU's chip does not have."""
    chip = Chip(MICROBIT_V1.room, DEVICE_ID)
    chip.load(0, flash)
    banner = (await overhear(board.tty, 10)).banner
    assert banner is not None
    words = chip.beat().split()
    assert words[2:6] == [banner.version, banner.board, banner.name, banner.device_id]
    assert words[7] == f"log={banner.log}"
    answer = await demand_proof(board.tty, 20)
    assert answer.proof is not None
    told = f"MEDIALAB proof {answer.nonce} {answer.proof.checksum} {banner.board} {banner.device_id} log=none"
    assert chip.hear(f"MEDIALAB? {answer.nonce}") == told
    assert chip.hear("MEDIALAB? ABCDEFGH") == chip.hear("hello") == ""
