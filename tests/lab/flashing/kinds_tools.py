"""What goes wrong with boards that a program writes: avrdude or esptool, and the serial port it speaks over."""

import shutil
import stat
from dataclasses import replace
from pathlib import Path

from medialab_agent.drivers.arduino.simulated.own_usb_simulator import OwnUsbSimulator
from tests.lab.flashing.boards import Avr, Esp
from tests.lab.flashing.case import Case, kind
from tests.lab.flashing.processes import using


def _tool(case: Case, lines: str) -> None:
    """In place of the real one; reading is left to it, for what does not write."""
    assert isinstance(case.board, Avr | Esp)
    name = case.board.tool
    tool, begin = case.home / name, ""
    if isinstance(case.board, Esp):  # the only tool that reads as well
        real = shutil.which(name)
        assert real is not None, f"{name} is missing"
        begin = f'case "$*" in *write-flash*) ;; *) exec {real} "$@";; esac'
    tool.write_text(f"#!/bin/sh\n{begin}\n{lines}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    case.settings |= {name: str(tool), "stall_s": "1" if case.board.driver == "arduino" else "4"}
    case.must_not_write = True


@kind("tool")
def tool_hangs(case: Case) -> None:
    _tool(case, 'trap "" TERM; sleep 3600 & sleep 3600')


@kind("tool")
def tool_only_complains_for_ever(case: Case) -> None:
    _tool(case, "while :; do echo 'attempt: not in sync'; sleep 0.05; done")


@kind("tool")
def tool_lies(case: Case) -> None:
    _tool(case, "printf 'Writing | ########## 100.0%%'; exit 0")


@kind("tool")
def tool_crashes(case: Case) -> None:
    _tool(case, "kill -SEGV $$")


@kind("tool")
def tool_leaves_a_child_behind(case: Case) -> None:
    _tool(case, "sleep 3600 & exit 1")


@kind("tool")
def tool_missing(case: Case) -> None:
    assert isinstance(case.board, Avr | Esp)
    name = case.board.tool
    case.settings[name], case.must_not_write = f"/nowhere/{name}", True


@kind("tool")
def tool_killed_at_a_write(case: Case) -> None:
    """By the kernel, when memory runs out."""

    def folders() -> list[Path]:
        simulator = case.board.simulator
        return [simulator.nodes] if isinstance(simulator, OwnUsbSimulator) else []

    def kill() -> None:
        for process in using(case.home, *folders()):
            process.kill()

    case.at_some_write(kill)
    case.may_be_clean = True


@kind("signature")
def wrong_chip(case: Case) -> None:
    assert isinstance(case.board, Avr)
    chip, part = case.board.simulator.chip, case.board.simulator.chip.part
    *family, last = part.signature
    chip.part, case.must_not_write = (
        replace(part, signature=bytes([*family, last ^ case.chance.randrange(1, 256)])),
        True,
    )

    def heal() -> None:
        chip.part = part

    case.heal = heal


@kind("avr")
def bit_flipped_behind_the_programs_back(case: Case) -> None:
    """After avrdude has compared: only the independent read-back can find it."""
    board = case.board
    assert isinstance(board, Avr)

    def flip() -> None:
        if not case.is_over:
            board.flip(case.chance)

    board.simulator.strike(board.writes, flip, is_on_close=True)


@kind("esp")
def another_chip_answers(case: Case) -> None:
    board = case.board
    assert isinstance(board, Esp)
    loader, right = board.simulator.loader, board.simulator.loader.magic
    loader.magic, case.must_not_write = 0x0000_07C6, True  # ESP32-S2, esptool: targets/esp32s2.py

    def heal() -> None:
        loader.magic = right

    case.heal = heal
