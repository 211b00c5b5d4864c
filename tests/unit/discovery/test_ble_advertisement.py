"""What simulated robots advertise becomes the very facts that discovery makes of it."""

import pytest

from medialab_agent.discovery.ble_facts import facts_of
from medialab_agent.practice_lab.scenes import simulators_of
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.ble_simulator import BleSimulator

SHELF = Shelf()
ROBOTS = [
    pytest.param(folder.id, robot, id=f"{folder.id}-{number}")
    for folder in SHELF
    if any(matcher.source == "ble" for matcher in folder.manifest.matchers)
    for number, robot in enumerate(simulators_of(folder))
    if isinstance(robot, BleSimulator)
]


def test_there_are_robots() -> None:
    assert len(ROBOTS) >= 8


@pytest.mark.parametrize(("driver", "robot"), ROBOTS)
def test_a_simulated_robot_is_seen_as_a_real_one_would_be(driver: str, robot: BleSimulator) -> None:
    told = robot.peripheral.advertisement
    address = robot.peripheral.address
    facts = facts_of({}, address, told.name, told.service_uuids, told.manufacturer_data, told.service_data)
    assert robot.sighting().facts == facts
    assert [found.driver for found in candidates(robot.sighting(), SHELF.manifests)] == [driver]
    assert sum(len(data) for data in told.manufacturer_data.values()) <= 27
