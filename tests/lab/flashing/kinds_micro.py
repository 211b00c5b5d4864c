"""What goes wrong with boards that are a drive and a chip which watches it: micro:bit and Calliope mini."""

from dataclasses import replace

from medialab_agent.drivers.daplink.boards import CALLIOPE_3, MICROBIT_V1, MICROBIT_V2
from medialab_agent.drivers.daplink.simulator import PREFIX
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.firmware_signing import Part, take_in
from medialab_agent.sdk.microbit.inspector import Chip
from medialab_agent.sdk.simulator import Fault
from tests.lab.flashing.boards import Micro
from tests.lab.flashing.case import Case, kind
from tests.lab.flashing.kinds_anywhere import demand_own, have, origin, own_image


def _micro(case: Case) -> Micro:
    assert isinstance(case.board, Micro)
    return case.board


@kind("micro")
def chip_loses_what_comes_and_says_all_is_well(case: Case) -> None:
    """From some write on, until the next start: no word of it in any answer."""
    chip = _micro(case).simulator.chip

    def lose() -> None:
        chip.takes = False

    case.at_some_write(lose)
    case.may_be_clean = True


@kind("micro")
def bit_flipped_after_writing(case: Case) -> None:
    """With the last line of the file: nobody looks at it again but the program itself."""
    board = _micro(case)
    case.at_write(board.writes, lambda: board.flip(case.chance))
    case.may_be_clean = True


@kind("daplink")
def unplugs_itself_as_writing_begins(case: Case) -> None:
    have(case, Fault.DIE)
    case.may_be_clean = "drive" in case.board.families


@kind("daplink")
def one_line_arrives_garbled(case: Case) -> None:
    """A cable that bites: one stored line is another one. Where the manifest says so, it is written again."""
    board, case.may_be_clean = _micro(case), True
    at = case.chance.randrange(0x100, 1500)

    def garble() -> None:
        board.simulator.chip.flash[at : at + 16] = case.chance.randbytes(16)

    case.at_write(board.writes, garble)


@kind("log")
def logged_data_cannot_be_erased(case: Case) -> None:
    """The program is proven, the data log is not empty."""
    log = _micro(case).simulator.chip.log
    assert log is not None
    log.is_stubborn = True

    def heal() -> None:
        log.is_stubborn = False

    case.heal = heal


@kind("daplink")
def another_main_chip_sits_on_the_board(case: Case) -> None:
    """Numbers, product and drive say one generation, the main chip is of the other."""
    board = _micro(case)
    other = MICROBIT_V2 if board.room.chip is Chip.NRF51 else MICROBIT_V1
    case.heal = board.become(other.room)


@kind("daplink")
def number_of_the_other_generation(case: Case) -> None:
    """Its serial number is that of the other generation: the right program for the wrong board."""
    board = _micro(case)
    right = board.simulator.sighting().facts["serial"]
    wrong = PREFIX["bbc-microbit-v2" if board.room.chip is Chip.NRF51 else "bbc-microbit-v1"] + right[4:]
    board.simulator.shown["serial"] = wrong
    case.heal = board.simulator.shown.clear


@kind("daplink")
def drive_of_the_other_family(case: Case) -> None:
    board = _micro(case)
    is_calliope = board.device_class.startswith("calliope")
    shown = {"labels": ":MICROBIT:"} if is_calliope else {"labels": ":MINI:"}
    shown |= {"product": "Arm Calliope mini V3 CMSIS-DAP" if is_calliope else "BBC micro:bit CMSIS-DAP"}
    board.simulator.shown |= shown
    case.heal, case.must_not_write = board.simulator.shown.clear, True


@kind("micro")
def in_maintenance(case: Case) -> None:
    """A reset button held while plugging in: nothing may ever be written there."""
    board = _micro(case)
    label = case.chance.choice((":MAINTENANCE:", ":RPI-RP2:"))
    board.simulator.shown["labels"] = label if "daplink" in board.families else f":MINI{label}"
    case.heal, case.must_not_write = board.simulator.shown.clear, True


@kind("daplink")
def program_of_the_other_generation_signed_for_this_one(case: Case) -> None:
    """V1 for V2 and the other way round: the signature fits, the vectors do not."""
    other = MICROBIT_V2 if _micro(case).room.chip is Chip.NRF51 else MICROBIT_V1
    _sign(case, library().default(other.id).open().data)


@kind("daplink")
def program_of_the_other_family_signed_for_this_one(case: Case) -> None:
    """Calliope against micro:bit, on the same chip: it runs, and says itself that it is on the wrong board."""
    if _micro(case).room.chip is Chip.NRF51:
        other = "calliope-mini-1" if case.board.device_class == MICROBIT_V1.id else MICROBIT_V1.id
    else:
        other = CALLIOPE_3.id if case.board.device_class == MICROBIT_V2.id else MICROBIT_V2.id
    firmware = library().default(other)
    _sign(case, firmware.open().data, firmware.script.banner)
    case.must_not_write = False


def _sign(case: Case, content: bytes, banner: str = "MEDIALAB default ") -> None:
    file, place = own_image(case.home, case.board, content)
    take_in(case.home / "own", [Part(file, place)], replace(origin(case.board), banner=banner))
    demand_own(case, case.home / "own")


@kind("drive")
def drive_is_not_mounted(case: Case) -> None:
    """Its node is there, and nobody mounted it."""
    board = _micro(case)
    facts = board.simulator.sighting().facts
    board.simulator.shown["volumes"] = " ".join(f"/nowhere/{number}" for number in range(len(facts["volumes"].split())))
    case.heal, case.must_not_write = board.simulator.shown.clear, True


@kind("micro")
def serial_port_is_missing(case: Case) -> None:
    """It is written, and nobody can prove it."""
    simulator = _micro(case).simulator
    simulator.has_tty = False

    def heal() -> None:
        simulator.has_tty = True

    case.heal = heal
