"""No fault ever ends as clean; each ends as it should, and says why."""

import asyncio

import pytest

from medialab_agent.drivers.android_adb import device, work
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, OPPO, QUEST, XIAOMI
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.progress import CheckResult, Outcome


@pytest.mark.parametrize("model", [GALAXY, OPPO, XIAOMI], ids=lambda model: model.maker)
async def test_a_refused_clear_fails_whatever_the_maker_answers(bench, model) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=model, faults={Fault.REFUSE}))
    made.simulator.soil()
    run = await made.reset()
    assert isinstance(run.trouble["step"], Refused)
    assert run.trouble["step"].trouble.code == "clear-refused"
    assert "app-data" in run.failed
    assert made.simulator.residue()["app-data"] == 2


async def test_a_pin_fails_the_lock_check_and_blocks_a_full_erase(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.LOCKED}))
    made.simulator.soil()
    assert (await made.reset()).failed == {"lock"}
    run = await made.reset("full", "x2")
    assert isinstance(run.trouble["step"], NeedsPerson)
    assert made.simulator.residue()["lock"] == 1


async def test_a_trace_no_step_removes_is_found(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.RESIDUE}))
    made.simulator.soil()
    run = await made.reset()
    assert run.outcome is Outcome.QUARANTINED
    assert run.failed == {"leftovers"}


async def test_garbage_is_told_and_leaves_every_check_unknown(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.GARBAGE}))
    made.simulator.soil()
    run = await made.reset()
    assert run.trouble["step"].trouble.code == "garbled-answer"
    assert {check.result for check in run.checks} == {CheckResult.UNKNOWN}
    with pytest.raises(Unreachable):
        await made.driver.report()


async def test_a_dying_device_ends_unreachable(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.DIE}))
    made.simulator.soil()
    run = await made.reset()
    assert isinstance(run.trouble["step"], Unreachable)
    assert run.outcome is Outcome.QUARANTINED
    assert made.simulator.residue()


async def test_a_hanging_step_can_be_cut_off_from_outside(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.HANG}, hang_reads=False))
    made.simulator.soil()
    order = Order("x1", "reset", "session", baseline=made.baseline)
    plan = await made.driver.plan(order)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await made.driver.do(order, plan[0], lambda _: None)
    checks = await made.driver.verify(order)
    assert CheckResult.FAILED in {check.result for check in checks}


@pytest.mark.parametrize(("reads", "code"), [(True, "device-unreachable"), (False, "command-unanswered")])
async def test_what_hangs_is_told_by_what_still_answers(bench, monkeypatch, reads: bool, code: str) -> None:
    monkeypatch.setattr(device, "DOUBT_S", 0.1)
    monkeypatch.setattr(device, "SIGN_S", 0.3)
    made = await bench(AndroidSimulator("SN-4711", hang_reads=reads))
    made.simulator.faults.add(Fault.HANG)
    with pytest.raises(DeviceTrouble) as told:
        await made.driver._handle.change({"go": "svc power stayon true"}, 0.3)
    assert told.value.trouble.code == code
    assert isinstance(told.value, Unreachable) == reads


async def test_a_change_that_takes_its_time_is_waited_for(bench, monkeypatch) -> None:
    monkeypatch.setattr(device, "DOUBT_S", 0.05)
    made = await bench(AndroidSimulator("SN-4711", latency_s=0.3))
    assert (await made.driver._handle.change({"go": "echo fertig"}))["go"].text == "fertig\n"


async def test_a_slow_device_becomes_clean(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.SLOW}))
    made.simulator.soil()
    assert (await made.reset()).outcome is Outcome.CLEAN


async def test_every_app_is_tried_before_a_refusal_is_told(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_BATCH", 1)
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.REFUSE}))
    made.simulator.soil()
    await made.reset()
    assert made.simulator.state.apps["com.android.chrome"].data == 0


async def test_a_headset_may_sleep_again_after_a_run_that_broke_off(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=QUEST, faults={Fault.REFUSE}))
    made.simulator.soil()
    run = await made.reset()
    assert run.trouble
    assert not made.simulator.state.awake
    assert made.simulator.state.settings["global"]["stay_on_while_plugged_in"] == "0"


async def test_a_restarted_agent_lets_a_headset_sleep_that_the_old_one_kept_awake(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=QUEST))
    made.simulator.soil()
    order = Order("x1", "reset", "session", baseline=made.baseline)
    step = next(step for step in await made.driver.plan(order) if step.id == "remove-apps")
    await made.driver.do(order, step, lambda _: None)
    assert made.simulator.state.awake
    await made.again().stop()
    assert not made.simulator.state.awake


async def test_stop_never_raises_on_a_dead_device(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=QUEST))
    made.notes.put("kept-awake", "0")
    await made.simulator.stop()
    await made.driver.stop()


async def test_nothing_is_changed_on_another_device_than_the_one_asked(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    made.simulator.state.props["ro.serialno"] = "SN-9999"
    handle = made.driver._handle
    handle.serialno = "SN-4711"
    effects = len(made.simulator.log)
    with pytest.raises(Unreachable):
        await handle.change({"go": "pm clear com.android.chrome"})
    assert made.simulator.log[effects:] == []
