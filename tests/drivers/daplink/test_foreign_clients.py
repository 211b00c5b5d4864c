"""The simulated board under clients that are not ours: pyOCD on its command channel, pyserial on its serial port."""

import asyncio
import json
from pathlib import Path
from typing import Any

import serial

from medialab_agent.drivers.daplink.boards import MICROBIT_V1, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.simulator import PRODUCT, DapLinkSimulator
from medialab_agent.drivers.daplink.stream import padded
from medialab_agent.sdk.microbit.banner import read_banner, read_proof
from medialab_agent.sdk.microbit.hexfile import memory_of, write_hex
from medialab_agent.sdk.microbit.simulated.chip import learners_program
from tests.peers.microbit.rig import QemuMicrobit, run_peer

PROBE = Path(__file__).parents[2] / "peers/microbit/probe.py"


async def by_pyocd(board: Board, image: Path | None = None) -> tuple[DapLinkSimulator, Any]:
    simulator = DapLinkSimulator("foreign", board=board, beat_s=60)
    await simulator.start()
    try:
        program, node = PROBE.read_text(encoding="utf-8"), str(simulator.folder / "hid")
        told = await asyncio.to_thread(run_peer, program, node, *([str(image)] if image else []))
    finally:
        await simulator.stop()
    return simulator, json.loads(told)


async def test_pyocd_asks_who_it_is() -> None:
    simulator, told = await by_pyocd(MICROBIT_V2)
    said = told["said"]
    serial_number = simulator.sighting().facts["serial"]
    assert (said["PRODUCT"], said["SER_NUM"], said["UNIQUE"]) == (PRODUCT[MICROBIT_V2.id], serial_number, serial_number)
    assert (said["MAX_PACKET_COUNT"], said["MAX_PACKET_SIZE"]) == (1, 64)


async def test_pyocd_sends_a_program(tmp_path: Path) -> None:
    memory = memory_of({0: learners_program(MICROBIT_V1.room, "by pyOCD")})
    (tmp_path / "program.hex").write_bytes(padded(write_hex(memory)))
    simulator, told = await by_pyocd(MICROBIT_V1, tmp_path / "program.hex")
    *statuses, last = told["statuses"]
    assert set(statuses) == {0, 19}
    assert (statuses[-1], last) == (19, 0)
    assert simulator.chip.beat() == "by pyOCD"
    assert bytes(simulator.chip.flash) == memory.read(0, MICROBIT_V1.room.flash)


def _by_pyserial(path: str) -> tuple[str, str]:
    """A banner and the answer to a question, as a person at a terminal gets them."""
    with serial.Serial(path, 115200, timeout=10) as line:
        line.readline()
        banner = line.readline().decode().strip()
        line.write(b"MEDIALAB? 00c0ffee\n")
        while not (answer := line.readline().decode().strip()).startswith("MEDIALAB proof"):
            assert answer
    return banner, answer


async def test_pyserial_hears_the_same_from_the_simulator_and_from_qemu() -> None:
    simulator = DapLinkSimulator("terminal", board=MICROBIT_V1)
    await simulator.start()
    try:
        simulated = await asyncio.to_thread(_by_pyserial, simulator.sighting().facts["tty"])
    finally:
        await simulator.stop()
    with QemuMicrobit(bytes(simulator.chip.flash)) as board:
        real = await asyncio.to_thread(_by_pyserial, board.tty)
    ours, theirs = read_proof(simulated[1]), read_proof(real[1])
    assert ours is not None
    assert theirs is not None
    assert (ours.nonce, ours.checksum, ours.board) == (theirs.nonce, theirs.checksum, theirs.board)
    assert read_banner(simulated[0]) is not None
    assert read_banner(real[0]) is not None
