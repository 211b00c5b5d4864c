"""Many at once: one that hangs and one that dies stop nobody."""

import asyncio

from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import CheckResult


async def test_a_hanging_and_a_dying_one_hold_up_nobody(desk) -> None:
    good = [await desk(IPadSimulator(f"good-{number}")) for number in range(6)]
    hanging = await desk(IPadSimulator("hanging", {Fault.HANG}))
    dying = await desk(IPadSimulator("dying", {Fault.DIE}))
    stuck = [asyncio.create_task(one.reset("erase")) for one in (hanging, dying)]
    runs = await asyncio.gather(*(one.reset("erase") for one in good))
    assert all(set(run.results.values()) == {CheckResult.PASSED} for run in runs)
    assert not any(task.done() for task in stuck)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    assert hanging.effects == dying.effects == []


async def test_a_dying_one_is_waited_for_and_never_called_empty(desk) -> None:
    one = await desk(IPadSimulator("dying", {Fault.DIE}))
    one.simulator.soil()
    running = asyncio.create_task(one.reset("erase"))
    async with asyncio.timeout(10):
        while one.notes.get("erase-x1") is None or await one.ipad.mux.devices():
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    one.simulator.faults.clear()
    await one.simulator.start()
    run = await one.reset("erase", exec_id="x1")
    assert set(run.results.values()) == {CheckResult.PASSED}
    assert one.effects.count("erase") == 1
