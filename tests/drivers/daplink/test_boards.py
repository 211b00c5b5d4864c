"""Which board it is: the signs that settle it, and the traps where a person has to be asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from medialab_agent.drivers.daplink.boards import CALLIOPE_1, CALLIOPE_3, MICROBIT_V1, MICROBIT_V2, Board, Doubt, which
from medialab_agent.drivers.daplink.place import local_key, place_of
from medialab_wire.sightings import Sighting

BBC, PLAIN, V3 = "BBC micro:bit CMSIS-DAP", "DAPLink CMSIS-DAP", "Arm Calliope mini V3 CMSIS-DAP"
REST = "0" * 44


@pytest.mark.parametrize(
    ("prefix", "product", "labels", "expected"),
    [
        ("9900", BBC, ("MICROBIT",), MICROBIT_V1),
        ("9901", PLAIN, ("MICROBIT",), MICROBIT_V1),
        ("9903", BBC, ("MICROBIT",), MICROBIT_V2),
        ("9904", BBC, ("MICROBIT",), MICROBIT_V2),
        ("9905", BBC, (), MICROBIT_V2),
        ("9906", PLAIN, ("MICROBIT",), MICROBIT_V2),
        ("9900", PLAIN, ("MINI",), CALLIOPE_1),
        ("9900", "Calliope mini CMSIS-DAP", (), CALLIOPE_1),
        ("12A0", PLAIN, ("MINI",), CALLIOPE_1),
        ("12A0", PLAIN, (), CALLIOPE_1),
        ("9906", V3, ("MINI",), CALLIOPE_3),
        ("1234", V3, ("MINI",), CALLIOPE_3),
        # traps
        ("9900", PLAIN, (), Doubt.UNCLEAR),
        ("9904", PLAIN, (), Doubt.UNCLEAR),
        ("9900", BBC, ("MINI",), Doubt.UNCLEAR),
        ("9904", V3, ("MICROBIT",), Doubt.UNCLEAR),
        ("9900", V3, ("MINI",), Doubt.UNCLEAR),
        ("9903", PLAIN, ("MINI",), Doubt.UNCLEAR),
        ("9904", "Calliope mini CMSIS-DAP", ("MINI",), Doubt.UNCLEAR),
        ("12A0", BBC, ("MICROBIT",), Doubt.UNCLEAR),
        ("9999", BBC, ("MICROBIT",), Doubt.UNCLEAR),
        ("9900", PLAIN, ("MICROBIT", "MINI"), Doubt.UNCLEAR),
        ("9904", BBC, ("MAINTENANCE",), Doubt.MAINTENANCE),
        ("9900", PLAIN, ("MINI", "RPI-RP2"), Doubt.MAINTENANCE),
        ("1070", "NXP LPC1768 DAPLink", ("DAPLINK",), Doubt.STRANGER),
        ("", "", (), Doubt.STRANGER),
    ],
)
def test_several_signs_decide(prefix: str, product: str, labels: tuple[str, ...], expected: Board | Doubt) -> None:
    found = which(prefix + REST if prefix else "", product, labels)
    assert found is expected


def _seen(**facts: str) -> Sighting:
    return Sighting(source="usb", key="/devices/usb1/1-2", facts={"vid": "0d28", "pid": "0204", **facts})


def test_the_serial_number_is_the_key_wherever_it_is_plugged_in() -> None:
    here, there = _seen(serial="9904" + "AB" * 22, path="1-2"), _seen(serial="9904" + "ab" * 22, path="1-3")
    assert local_key(here) == local_key(there) == "9904" + "ab" * 22
    assert local_key(_seen(serial="no serial\n", path="1-2")) == "port-1-2"
    assert local_key(Sighting(source="usb", key="k", facts={"vid": "0d28", "pid": "0205"})) is None


def test_an_unnamed_drive_does_not_take_the_name_of_another() -> None:
    place = place_of([_seen(serial="9904" + REST, volumes="/dev/sda1 /dev/sda2", labels="::MICROBIT:")])
    assert place.drive is not None
    assert (place.drive.node, place.drive.label) == ("/dev/sda2", "MICROBIT")
    assert place.board is MICROBIT_V2


def _corpus() -> list[dict[str, Any]]:
    entries = json.loads((Path(__file__).parents[2] / "fixtures/sightings/boards.json").read_text(encoding="utf-8"))
    return [entry for entry in entries if local_key(Sighting.model_validate(entry["sighting"]))]


def test_no_sighting_of_the_corpus_is_taken_for_another_board() -> None:
    """What the hub's catalogue is sure of the driver is sure of, too, and nothing else."""
    seen = {}
    for entry in _corpus():
        board = place_of([Sighting.model_validate(entry["sighting"])]).board
        seen[entry["why"], str(entry["sighting"]["facts"])] = (entry["expect"], board)
    assert len(seen) >= 30
    wrong = {
        key: told
        for key, told in seen.items()
        if (told[1].id if isinstance(told[1], Board) else None) != (told[0] if isinstance(told[0], str) else None)
    }
    assert not wrong
