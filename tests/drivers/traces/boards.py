"""Traces on boards: programs, logged data, values, what lies far behind a program."""

from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    QUICK_R4,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.drivers.arduino.simulator import MEGA, UNO, ArduinoSimulator, Model
from medialab_agent.drivers.daplink.boards import CALLIOPE_1, CALLIOPE_3, MICROBIT_V1, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.drivers.esp.simulator import PLACE, EspSimulator
from medialab_agent.drivers.jlink_msd.simulator import JLinkSimulator
from medialab_agent.sdk.microbit.simulated.chip import learners_program
from medialab_wire.progress import Outcome
from tests.drivers.traces.planting import Family, Trace

PAGE = 1024
"""Bytes; the smallest piece of these flashes that is erased at once."""


def _program(simulator: Any) -> None:
    simulator.chip.load(0, learners_program(simulator.chip.room, "temperature of Emil: 21"))


def _far_end(simulator: Any) -> None:
    simulator.chip.write(simulator.chip.room.flash - PAGE, b"high score of Emil")


def _log(simulator: DapLinkSimulator) -> None:
    assert simulator.chip.log is not None
    simulator.chip.log.has_data = True
    simulator.drive.remount()


def _stubborn_log(simulator: DapLinkSimulator) -> None:
    assert simulator.chip.log is not None
    simulator.chip.log.is_stubborn = True
    _log(simulator)


def _has_program(simulator: Any) -> int:
    return int(simulator.residue()["program"])


def _has_log(simulator: DapLinkSimulator) -> int:
    return simulator.residue()["data_log"]


_ON_EVERY_BOARD = (
    Trace("program", _program, _has_program, "foreign_program"),
    Trace("far-end", _far_end, _has_program),
)
_ON_BOARDS_WITH_A_LOG = (
    Trace("data-log", _log, _has_log, "data_log"),
    Trace("stubborn-log", _stubborn_log, _has_log, "data_log", Outcome.QUARANTINED, "data-log"),
)


def _microbit(board: Board, *traces: Trace) -> Family:
    return Family(
        "daplink", board.name, lambda: DapLinkSimulator(f"traces-{board.id}", board=board, beat_s=0.02), traces
    )


def _stored_beside(simulator: JLinkSimulator) -> None:
    simulator.keep("EMIL.HEX")


CALLIOPE_2 = Family(
    "jlink-msd",
    "Calliope mini 2",
    lambda: JLinkSimulator("traces-calliope-2", beat_s=0.02),
    (
        *_ON_EVERY_BOARD,
        Trace("stored-program", _stored_beside, lambda s: (s.stored / "EMIL.HEX").exists(), "stored_programs",
              Outcome.QUARANTINED, "stored-programs"),
    ),
)  # fmt: skip

LEARNER = b"\x0c\x94\x5c\x00" + b"\x11" * 2000


def _behind(simulator: ArduinoSimulator) -> None:
    """Left over from a larger program, behind the lab's."""
    simulator.chip.flash[simulator.model.part.application - 256 : simulator.model.part.application] = b"\x33" * 256


def _in_eeprom(simulator: ArduinoSimulator | OwnUsbSimulator) -> None:
    simulator.chip.eeprom[-8:] = b"Emil: 42"


def _worn(simulator: ArduinoSimulator) -> None:
    simulator.chip.load(LEARNER)
    simulator.chip.worn.add(3)


def _is_behind(simulator: ArduinoSimulator) -> bool:
    return bytes(simulator.chip.flash[: simulator.model.part.application]).endswith(b"\x33" * 256)


def _in_flash(simulator: ArduinoSimulator | OwnUsbSimulator) -> int:
    return simulator.residue()["flash"]


def _arduino(name: str, model: Model, *traces: Trace) -> Family:
    return Family("arduino", name, lambda: ArduinoSimulator(f"traces-{name}", model=model), traces)


def _own_usb(name: str, model: OwnUsbModel, *traces: Trace) -> Family:
    return Family(
        "arduino", name, lambda: OwnUsbSimulator(f"traces-{name}", model=model), traces, settings={"appears_s": "3"}
    )


def _upload(simulator: OwnUsbSimulator) -> None:
    simulator.soil()
    simulator.chip.eeprom[:] = b"\xff" * len(simulator.chip.eeprom)


def _upload_on_worn(simulator: OwnUsbSimulator) -> None:
    _upload(simulator)
    simulator.chip.worn.add(simulator.chip.pages[3])


def _at_the_end(simulator: OwnUsbSimulator) -> None:
    """Behind a program that was emptied in part: nothing would start it."""
    end = simulator.chip.part.application
    simulator.chip.flash[end - 64 : end] = b"\x33" * 64


def _is_at_the_end(simulator: OwnUsbSimulator) -> bool:
    return simulator.chip.program.endswith(b"\x33" * 64)


_UPLOADED = Trace("program", _upload, _in_flash, "foreign_program")
_AT_THE_END = Trace("far-end", _at_the_end, _is_at_the_end)
_ARDUINO_PROGRAM = Trace("program", lambda s: s.chip.load(LEARNER), _in_flash, "foreign_program")
ARDUINOS = (
    _arduino(
        "Uno",
        UNO,
        _ARDUINO_PROGRAM,
        Trace("behind-the-program", _behind, _is_behind),
        Trace("eeprom", _in_eeprom, lambda s: s.residue()["eeprom"]),
        Trace("worn-page", _worn, _in_flash, "foreign_program", Outcome.QUARANTINED, "not-kept"),
    ),
    _arduino("Mega", MEGA, _ARDUINO_PROGRAM),
    _own_usb(
        "Leonardo",
        LEONARDO,
        _UPLOADED,
        _AT_THE_END,
        Trace("eeprom", _in_eeprom, lambda s: s.residue()["eeprom"]),
        Trace("worn-page", _upload_on_worn, _in_flash, "foreign_program", Outcome.QUARANTINED, "program"),
    ),
    _own_usb("Nano 33 IoT", NANO_33_IOT, _UPLOADED, _AT_THE_END),
    _own_usb(
        "Uno R4 Minima",
        QUICK_R4,
        Trace("program", _upload, _in_flash, "foreign_program", Outcome.UNVERIFIED, "eeprom"),
        Trace("stored-value", _in_eeprom, lambda s: s.residue()["eeprom"], "", Outcome.UNVERIFIED, "eeprom"),
    ),
)


def _on_esp(at: int, data: bytes) -> Callable[[EspSimulator], object]:
    return lambda simulator: simulator.loader.load(at, data)


def _on_esp_left(simulator: EspSimulator) -> int:
    return sum(simulator.residue().values())


def _worn_esp(simulator: EspSimulator) -> None:
    simulator.loader.load(0x9000, b"sta.pswd\0geheim")
    simulator.loader.worn.add(0x9004)


ESP = Family(
    "esp",
    "ESP32",
    lambda: EspSimulator("traces-esp"),
    (
        Trace("program", _on_esp(PLACE, b"\xe9learner" * 2000), _on_esp_left, "foreign_program"),
        Trace("wifi-password", _on_esp(0x9000, b"sta.pswd\0geheim"), _on_esp_left),
        Trace("worn-memory", _worn_esp, _on_esp_left, "", Outcome.QUARANTINED, "rest"),
    ),
)

FAMILIES = (
    _microbit(MICROBIT_V1, *_ON_EVERY_BOARD),
    _microbit(MICROBIT_V2, *_ON_EVERY_BOARD, *_ON_BOARDS_WITH_A_LOG),
    _microbit(CALLIOPE_1, *_ON_EVERY_BOARD),
    _microbit(CALLIOPE_3, *_ON_EVERY_BOARD, *_ON_BOARDS_WITH_A_LOG),
    CALLIOPE_2,
    *ARDUINOS,
    ESP,
)
