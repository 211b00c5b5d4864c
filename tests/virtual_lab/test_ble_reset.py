"""One robot over the guest's real Bluetooth: found, soiled by a group, reset, and clean by its own account."""

import asyncio
from collections.abc import Callable

from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_wire.progress import Outcome
from tests.virtual_lab import agent
from tests.virtual_lab.ble.ether import POWERED, Ether
from tests.virtual_lab.ordering import hub_of, seen, work_by_radio
from tests.virtual_lab.vm import Vm


async def test_a_spike_hub_is_reset_over_bluetooth(vm: Vm, tell: Callable[[str], None]) -> None:
    agent.deploy(vm)
    async with Ether(vm) as ether, hub_of(vm) as hub:
        await asyncio.to_thread(vm.shell, POWERED)
        robot = SpikeSimulator("Lab 1")
        ether.carry([robot.peripheral])
        await robot.start()
        await asyncio.to_thread(agent.start, vm, "ble")
        report = await seen(hub, lambda report: report.driver == "lego-spike")
        hub.own(report.dev)
        good = await work_by_radio(hub, report.dev, "record-baseline")
        assert good.snapshot is not None, good
        robot.soil()
        begun = asyncio.get_running_loop().time()
        ended = await work_by_radio(hub, report.dev, "reset", level="clean", baseline=good.snapshot)
        tell(f"SPIKE hub reset over Bluetooth in {asyncio.get_running_loop().time() - begun:.1f} s")
        assert ended.outcome in (Outcome.CLEAN, Outcome.UNVERIFIED), ended
        assert not any(robot.residue().values()), robot.residue()
