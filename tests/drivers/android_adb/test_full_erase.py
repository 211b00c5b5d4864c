"""The full erase: once, through a restart, and proven by the device's own marks."""

from medialab_agent.drivers.android_adb import wipe
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import CheckResult, Outcome


async def test_a_full_erase_comes_back_empty(bench, monkeypatch) -> None:
    monkeypatch.setattr(wipe, "POLL_S", 0.05)
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    made.simulator.state.accounts.append(("max@example.org", "com.google"))
    run = await made.reset("full")
    assert (run.trouble, run.failed, run.outcome) == ({}, set(), Outcome.CLEAN)
    assert not made.simulator.state.accounts
    assert [effect.verb for effect in made.simulator.log].count("wipe") == 1


async def test_a_repeated_step_never_erases_twice(bench, monkeypatch) -> None:
    monkeypatch.setattr(wipe, "POLL_S", 0.05)
    made = await bench(AndroidSimulator("SN-4711"))
    order = Order("x1", "reset", "full")
    step = (await made.driver.plan(order))[0]
    await made.driver.do(order, step, lambda _: None)
    again = await made.again().do(order, step, lambda _: None)
    assert not again.changed
    assert [effect.verb for effect in made.simulator.log].count("wipe") == 1


async def test_without_the_mark_from_before_nothing_is_proven(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    checks = await made.driver.verify(Order("x9", "reset", "full"))
    assert next(check.result for check in checks if check.id == "wiped") is CheckResult.UNKNOWN


async def test_a_maker_without_the_erase_command_is_told(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.REFUSE}))
    run = await made.reset("full")
    assert isinstance(run.trouble["step"], Refused)
    assert run.outcome is Outcome.QUARANTINED
