"""What goes wrong while boards are flashed: each kind with what it does, and what may come of it."""

import random
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from medialab_agent.drivers.arduino.simulator import UNO, ArduinoSimulator
from medialab_agent.practice_lab.bench import RuntimeBench
from medialab_agent.sdk.firmware import shipped_folder
from medialab_agent.sdk.firmware_signing import Origin, Part, take_in
from medialab_agent.sdk.simulator import Fault

PAGES = UNO.part.application // UNO.part.page
RUN_S = 1.8
"""About how long a reset takes on a quiet machine; things that happen at some time happen within."""
IMAGE = "atmega328p/medialab-default/image.hex"

During = Callable[[RuntimeBench, str], Awaitable[None]]


@dataclass
class Case:
    """One board that something will happen to."""

    home: Path
    chance: random.Random
    board: ArduinoSimulator
    settings: dict[str, str] = field(default_factory=dict)
    baseline: dict[str, str] = field(default_factory=dict)
    at_s: float | None = None
    during: str = ""
    """`unplug`, `cancel` or `restart`, after `at_s`."""
    deadline_s: float = 20.0
    must_not_write: bool = False
    may_be_clean: bool = False
    heal: Callable[[], None] = lambda: None


Kind = Callable[[Case], None]
KINDS: dict[str, Kind] = {}


def kind(prepare: Kind) -> Kind:
    """One more thing that can go wrong."""
    KINDS[prepare.__name__.replace("_", " ")] = prepare
    return prepare


def _page(case: Case) -> int:
    return case.chance.randint(1, PAGES)


def _begins(case: Case, fault: Fault) -> None:
    case.board.strike(_page(case), lambda: case.board.faults.add(fault))
    case.settings["stall_s"] = "1.5"
    case.heal = case.board.faults.clear


@kind
def unplugged_at_any_time(case: Case) -> None:
    case.at_s, case.during, case.may_be_clean = case.chance.uniform(0, RUN_S), "unplug", True


@kind
def cancelled_at_any_time(case: Case) -> None:
    case.at_s, case.during, case.may_be_clean = case.chance.uniform(0, RUN_S), "cancel", True


@kind
def agent_restarted_at_any_time(case: Case) -> None:
    case.at_s, case.during, case.may_be_clean = case.chance.uniform(0, RUN_S), "restart", True


@kind
def plug_pulled_at_a_page(case: Case) -> None:
    case.board.strike(_page(case), case.board.pull)


@kind
def boot_program_falls_silent_at_a_page(case: Case) -> None:
    _begins(case, Fault.HANG)


@kind
def boot_program_talks_rubbish_from_a_page_on(case: Case) -> None:
    _begins(case, Fault.GARBAGE)


@kind
def boot_program_refuses_to_write(case: Case) -> None:
    case.board.faults.add(Fault.REFUSE)
    case.heal = case.board.faults.clear


@kind
def board_does_not_wake(case: Case) -> None:
    case.board.faults.add(Fault.LOCKED)
    case.heal, case.must_not_write = case.board.faults.clear, True


def _flip(case: Case) -> None:
    place = case.chance.randrange(0, 600)
    case.board.chip.flash[place] ^= 1 << case.chance.randrange(8)


@kind
def bit_flipped_while_writing(case: Case) -> None:
    """avrdude finds it by comparing and repairs it; where the page is written after that, nothing is wrong."""
    case.board.strike(_page(case), lambda: _flip(case))
    case.may_be_clean = True


@kind
def bit_flipped_behind_the_programs_back(case: Case) -> None:
    """After avrdude has compared: only the independent read-back can find it."""
    case.board.strike(PAGES, lambda: _flip(case), is_on_close=True)


@kind
def worn_page(case: Case) -> None:
    case.board.chip.worn.add(case.chance.randrange(0, 60))
    case.heal = case.board.chip.worn.clear


def _own(case: Case, spoil: Callable[[bytes], bytes] = lambda content: content) -> Path:
    """The lab's own signed firmware, made of these bytes; gives its image's path."""
    file = case.home / "maker.hex"
    file.write_bytes(spoil((shipped_folder() / IMAGE).read_bytes()))
    words = ("Prüfstück", "Test piece")
    origin = Origin("lab/own", "1.0", ("arduino-uno-r3",), "ATmega328P", "none", "test", words, words)
    take_in(case.home / "own", [Part(file, 0)], origin)
    case.settings["firmware"], case.baseline["firmware"] = str(case.home / "own"), "lab/own"
    case.must_not_write = True
    return case.home / "own/lab/own/image-0.hex"


@kind
def image_truncated(case: Case) -> None:
    image = _own(case)
    content = image.read_bytes()
    image.write_bytes(content[: case.chance.randrange(1, len(content))])


@kind
def image_with_a_flipped_bit(case: Case) -> None:
    image = _own(case)
    content = bytearray(image.read_bytes())
    content[case.chance.randrange(len(content))] ^= 1 << case.chance.randrange(8)
    image.write_bytes(content)


@kind
def image_signed_although_it_is_truncated(case: Case) -> None:
    _own(case, lambda content: content[: case.chance.randrange(1, len(content) - 13)])


@kind
def manifest_changed_after_signing(case: Case) -> None:
    script = _own(case).with_name("script.toml")
    script.write_text(script.read_text().replace("ATmega328P", "ATmega328"))


@kind
def catalogue_signed_by_a_stranger(case: Case) -> None:
    _own(case)
    for file in (case.home / "own/keys").glob("*.pub"):
        file.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")


@kind
def wrong_chip(case: Case) -> None:
    chip, part = case.board.chip, case.board.chip.part
    chip.part = replace(part, signature=bytes([0x1E, case.chance.randrange(0x90, 0x95), case.chance.randrange(1, 15)]))
    case.must_not_write = True

    def heal() -> None:
        chip.part = part

    case.heal = heal


@kind
def wrong_board(case: Case) -> None:
    case.baseline["firmware"], case.must_not_write = "atmega2560/medialab-default", True


def _tool(case: Case, lines: str) -> None:
    tool = case.home / "avrdude"
    tool.write_text(f"#!/bin/sh\n{lines}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    case.settings |= {"avrdude": str(tool), "stall_s": "1"}
    case.must_not_write = True


@kind
def tool_hangs(case: Case) -> None:
    _tool(case, 'trap "" TERM; sleep 3600 & sleep 3600')


@kind
def tool_only_complains_for_ever(case: Case) -> None:
    _tool(case, "while :; do echo 'attempt: not in sync'; sleep 0.05; done")


@kind
def tool_lies(case: Case) -> None:
    _tool(case, "printf 'Writing | ##########'; exit 0")


@kind
def tool_crashes(case: Case) -> None:
    _tool(case, "kill -SEGV $$")


@kind
def tool_missing(case: Case) -> None:
    case.settings["avrdude"], case.must_not_write = "/nowhere/avrdude", True
