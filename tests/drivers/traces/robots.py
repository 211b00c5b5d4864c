"""Traces on robots: names, stored programs, settings, pictures, motion, light."""

from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.lego_lwp3.simulator import BOOST, ESSENTIAL, Lwp3Simulator
from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_agent.drivers.ozobot import packets as ozobot
from medialab_agent.drivers.ozobot.packets import Address
from medialab_agent.drivers.ozobot.simulator import OzobotSimulator
from medialab_agent.drivers.sphero.simulator import SpheroSimulator
from medialab_agent.drivers.sphero.toys import BOLT, MINI, SPRK
from medialab_agent.drivers.tello.simulator import TelloSimulator
from medialab_agent.drivers.thymio.simulated import ACTIVE, PROGRAM, USED
from medialab_agent.drivers.thymio.simulator import LEARNERS, ThymioSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import Outcome
from tests.drivers.traces.planting import Family, Trace

QUICK = {"show_s": "0.05"}


def _residue(key: str) -> Callable[[Any], int]:
    return lambda simulator: simulator.residue()[key]


def _rename_spike(simulator: SpikeSimulator) -> None:
    simulator.hub.name = "Team Blitz"
    simulator.renamed()


def _run_spike(simulator: SpikeSimulator) -> None:
    simulator.hub.programs[0] = "race.py"
    simulator.hub.is_running = True


def _slot(slot: int) -> Trace:
    def plant(simulator: SpikeSimulator) -> None:
        simulator.hub.programs[slot] = "maze.py"

    return Trace(f"slot-{slot}", plant, _residue("programs"))


def _stubborn_slot(simulator: SpikeSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    simulator.hub.programs[simulator.hub.stubborn] = "race.py"


SPIKE = Family(
    "lego-spike",
    "SPIKE Prime",
    lambda: SpikeSimulator("Spike 7", slow_s=0.0),
    (
        *map(_slot, (0, 7, 19)),
        Trace("running-program", _run_spike, lambda s: s.residue()["running"] or s.residue()["programs"]),
        Trace("name", _rename_spike, _residue("renamed"), "renamed"),
        Trace("stubborn-slot", _stubborn_slot, _residue("programs"), "", Outcome.QUARANTINED, "programs"),
    ),
    settings=QUICK,
)


MOVE_HUB = Family(
    "lego-lwp3",
    "Move Hub",
    lambda: Lwp3Simulator("Move Hub 7", kind=BOOST),
    (Trace("name", lambda s: s.soil(), _residue("renamed"), "renamed"),),
    settings=QUICK,
)
SPIKE_ESSENTIAL = Family(
    "lego-lwp3",
    "SPIKE Essential",
    lambda: Lwp3Simulator("Essential 7", kind=ESSENTIAL),
    (Trace("name", lambda s: s.soil(), _residue("renamed"), "renamed", Outcome.UNVERIFIED, "programs"),),
    settings=QUICK,
)
"""It may keep programs, and tells nobody."""


def _rename_sphero(simulator: SpheroSimulator) -> None:
    simulator.inside.name = f"{simulator.model.prefix}MIA"
    simulator.renamed()


def _inside(**values: object) -> Callable[[SpheroSimulator], None]:
    def plant(simulator: SpheroSimulator) -> None:
        for key, value in values.items():
            setattr(simulator.inside, key, value)

    return plant


def _stubborn_picture(simulator: SpheroSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    simulator.inside.pictures = 3


_ON_EVERY_SPHERO = (
    Trace("name", _rename_sphero, _residue("renamed"), "renamed"),
    Trace("rolls", _inside(is_moving=True), _residue("moving")),
    Trace("shines", _inside(is_lit=True), _residue("lit")),
)
SPHEROS = (
    Family(
        "sphero",
        "BOLT",
        lambda: SpheroSimulator("sphero-bolt", model=BOLT),
        (
            *_ON_EVERY_SPHERO,
            Trace("pictures", _inside(pictures=3), _residue("pictures")),
            Trace("stubborn-picture", _stubborn_picture, _residue("pictures"), "", Outcome.QUARANTINED, "pictures"),
        ),
        settings=QUICK,
    ),
    Family("sphero", "Mini", lambda: SpheroSimulator("sphero-mini", model=MINI), _ON_EVERY_SPHERO[:1], settings=QUICK),
    Family("sphero", "SPRK+", lambda: SpheroSimulator("sphero-sprk", model=SPRK), _ON_EVERY_SPHERO, settings=QUICK),
)


def _write(at: int, value: bytes) -> Callable[[OzobotSimulator], None]:
    def plant(simulator: OzobotSimulator) -> None:
        simulator.memory[at : at + len(value)] = value
        simulator.peripheral.advertise(simulator._advertisement())

    return plant


def _drive(simulator: OzobotSimulator) -> None:
    simulator.is_driving = True


def _drive_on(simulator: OzobotSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    simulator.is_driving = True


OZOBOT = Family(
    "ozobot",
    "Evo",
    lambda: OzobotSimulator("OzoEvo 7"),
    (
        Trace("name", _write(Address.NAME, b"Flitzer".ljust(ozobot.NAME_SIZE, b"\0")), _residue("renamed"), "renamed"),
        Trace("volume", _write(Address.VOLUME, b"\x64"), _residue("settings")),
        Trace("brightness", _write(Address.VOLUME + 1, b"\x05"), _residue("settings")),
        Trace("drives", _drive, _residue("driving")),
        Trace("drives-on", _drive_on, _residue("driving"), "", Outcome.QUARANTINED, "still"),
    ),
    settings=QUICK,
)


def _load_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.program = [*LEARNERS, *([0] * (PROGRAM - len(LEARNERS)))]
    simulator.robot.flags = ACTIVE


def _store_on_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.flash = [*LEARNERS, *([0] * (PROGRAM - len(LEARNERS)))]


def _drive_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.set("motor.left.target", 200)


def _value_on_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.variables[USED + 7] = 42


def _rename_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.name = "Robo von Anna"


def _record_on_thymio(simulator: ThymioSimulator) -> None:
    simulator.robot.has_card, simulator.robot.recordings = True, 2
    simulator.robot.set("sd.present", 1)


def _keep_name_of_thymio(simulator: ThymioSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    simulator.robot.name = "Robo von Anna"


THYMIO = Family(
    "thymio",
    "Thymio II",
    lambda: ThymioSimulator("Thymio 7"),
    (
        Trace("program", _load_thymio, _residue("program")),
        Trace("stored-program", _store_on_thymio, _residue("stored")),
        Trace("value", _value_on_thymio, _residue("values"), "values"),
        Trace("drives", _drive_thymio, _residue("moving")),
        Trace("name", _rename_thymio, _residue("renamed"), "renamed"),
        Trace("card", _record_on_thymio, _residue("recordings"), "card"),
        Trace("stubborn-name", _keep_name_of_thymio, _residue("renamed"), "renamed", Outcome.QUARANTINED, "name"),
    ),
)


def _rename_network(simulator: TelloSimulator) -> None:
    simulator.wifi = "Drohne von Anna"


TELLO = Family(
    "tello",
    "Tello",
    lambda: TelloSimulator("0TQDG2KEDB7788", slow_s=0.02, second_s=0.1),
    (
        Trace("wifi-name", _rename_network, _residue("wifi")),
        Trace("motors", lambda s: s.spin(), _residue("motors"), "", Outcome.QUARANTINED, "still"),
    ),
    settings={"answer_s": "1.5", "still_s": "0.4", "every_s": "0.2"},
)

FAMILIES = (SPIKE, MOVE_HUB, SPIKE_ESSENTIAL, *SPHEROS, OZOBOT, THYMIO, TELLO)
