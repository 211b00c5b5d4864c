"""Robots of four kinds over the guest's real Bluetooth: found, used by a group, reset at once, and clean for real."""

import asyncio
from collections.abc import Callable

from medialab_agent.drivers.lego_lwp3.simulator import Lwp3Simulator
from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_agent.drivers.ozobot.simulator import OzobotSimulator
from medialab_agent.drivers.sphero.simulator import SpheroSimulator
from medialab_agent.sdk.ble_simulator import BleSimulator
from medialab_wire.progress import ExecutionReport, Outcome
from tests.contract.link.hub import TinyHub
from tests.virtual_lab import agent
from tests.virtual_lab.ble.ether import POWERED, Ether
from tests.virtual_lab.ordering import hub_of, seen, work_by_radio
from tests.virtual_lab.vm import Vm


def robots() -> dict[str, BleSimulator]:
    """One of each kind that is reset by radio, by its driver."""
    return {
        "lego-spike": SpikeSimulator("Lab 1"),
        "lego-lwp3": Lwp3Simulator("Lab 2"),
        "sphero": SpheroSimulator("lab-3"),
        "ozobot": OzobotSimulator("OzoEvo 4"),
    }


async def reset(hub: TinyHub, driver: str, robot: BleSimulator) -> ExecutionReport:
    """Its good state recorded, used by a group, and reset."""
    report = await seen(hub, lambda report: report.driver == driver)
    good = await work_by_radio(hub, report.dev, "record-baseline")
    assert good.snapshot is not None, good
    robot.soil()
    assert any(robot.residue().values())
    return await work_by_radio(hub, report.dev, "reset", level="clean", baseline=good.snapshot)


async def test_robots_of_four_kinds_are_reset_over_bluetooth(vm: Vm, tell: Callable[[str], None]) -> None:
    agent.deploy(vm)
    async with Ether(vm) as ether, hub_of(vm) as hub:
        await asyncio.to_thread(vm.shell, POWERED)
        fleet = robots()
        ether.carry([robot.peripheral for robot in fleet.values()])
        for robot in fleet.values():
            await robot.start()
        await asyncio.to_thread(agent.start, vm, "ble")
        found = [(await seen(hub, lambda report, kind=driver: report.driver == kind)).dev for driver in fleet]
        hub.own(*found)
        begun = asyncio.get_running_loop().time()
        ended = await asyncio.gather(*(reset(hub, driver, robot) for driver, robot in fleet.items()))
        took = asyncio.get_running_loop().time() - begun
        tell(f"robots of {len(fleet)} kinds recorded, used and reset over Bluetooth at once in {took:.1f} s")
        for robot, one in zip(fleet.values(), ended, strict=True):
            assert one.outcome in (Outcome.CLEAN, Outcome.UNVERIFIED), one
            assert not any(robot.residue().values()), robot.residue()
