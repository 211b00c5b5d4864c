"""What only headsets have: controllers, the guardian, and trust that runs out in the cupboard."""

from dataclasses import replace

import pytest

from medialab_agent.drivers.android_adb.headset import parse_controllers
from medialab_agent.drivers.android_adb.sections import Section
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import PICO, QUEST, TABLET, VIVE
from medialab_agent.sdk.steps import Order
from medialab_wire.progress import CheckResult, Outcome

_LINE = (
    "  Paired device: 8f3c0, Type: {side}, Model: JediMini, Firmware: 1.9.3, Battery: {level}%, Status: ACTIVE,"
    " ExternalStatus: {state}, TrackingStatus: POSITION"
)


@pytest.mark.parametrize("codename", ["hollywood", "seacliff", "eureka", "panther"])
async def test_each_quest_is_a_quest_whatever_its_code_name(bench, codename: str) -> None:
    made = await bench(AndroidSimulator("SN-1", model=replace(QUEST, product=codename)))
    probe = await made.driver.probe()
    assert (probe.kind, probe.facts["profile"], probe.facts["codename"]) == ("headset", "quest", codename)


async def test_the_controllers_tell_their_batteries(bench) -> None:
    made = await bench(AndroidSimulator("SN-1", model=QUEST))
    reading = await made.driver.report()
    assert reading.facts["controllers"] == 2
    assert (reading.volatile["controller_left"], reading.volatile["controller_right"]) == (76, 58)


@pytest.mark.parametrize("model", [TABLET, PICO, VIVE], ids=lambda model: model.product)
async def test_nothing_is_claimed_where_no_controller_can_be_asked(bench, model) -> None:
    made = await bench(AndroidSimulator("SN-1", model=model))
    reading = await made.driver.report()
    assert not {key for key in (*reading.facts, *reading.volatile) if key.startswith("controller")}


def test_a_sleeping_controller_has_no_battery_value() -> None:
    text = "\n".join(
        [
            _LINE.format(side="Left", level=12, state="DISCONNECTED"),
            _LINE.format(side="Right", level=80, state="CONNECTED_ACTIVE"),
            "Paired device: ???? Type: Middle",
        ]
    )
    assert parse_controllers(Section(text, 0)) == {"left": None, "right": 80}
    assert parse_controllers(Section("Can't find service: OVRRemoteService", 1)) is None


async def test_a_paused_guardian_is_switched_on_again_also_by_tidying_up(bench) -> None:
    made = await bench(AndroidSimulator("SN-1", model=QUEST))
    made.simulator.state.props["debug.oculus.guardian_pause"] = "1"
    order = Order("x-1", "reset", "tidy")
    before = {check.id: check.result for check in await made.driver.verify(order)}
    assert before["guardian"] is CheckResult.FAILED
    for step in await made.driver.plan(order):
        await made.driver.do(order, step, lambda _part, _words=None: None)
    after = {check.id: check.result for check in await made.driver.verify(order)}
    assert after["guardian"] is CheckResult.PASSED
    assert not made.simulator.residue()


async def test_a_guardian_that_stays_paused_is_never_clean(bench) -> None:
    made = await bench(AndroidSimulator("SN-1", model=QUEST))
    made.simulator.state.props["debug.oculus.guardian_pause"] = "1"
    checks = await made.driver.verify(Order("x-1", "reset", "session", baseline=made.baseline))
    assert {check.id for check in checks if check.result is CheckResult.FAILED} == {"guardian"}


async def test_trust_that_would_run_out_is_kept_and_read_back(bench) -> None:
    made = await bench(AndroidSimulator("SN-1", model=QUEST))
    settings = made.simulator.state.settings["global"]
    del settings["adb_allowed_connection_time"]
    assert (await made.driver.report()).facts["trust_days"] == 7
    order = Order("x-1", "keep-trust")
    assert [check.result for check in await made.driver.verify(order)] == [CheckResult.FAILED]
    (step,) = await made.driver.plan(order)
    assert (await made.driver.do(order, step, lambda _part, _words=None: None)).changed
    assert settings["adb_allowed_connection_time"] == "0"
    assert [check.result for check in await made.driver.verify(order)] == [CheckResult.PASSED]
    assert not (await made.driver.do(order, step, lambda _part, _words=None: None)).changed


async def test_a_headset_is_reset_to_clean(bench) -> None:
    made = await bench(AndroidSimulator("SN-1", model=QUEST))
    made.simulator.soil()
    made.simulator.state.props["debug.oculus.guardian_pause"] = "1"
    run = await made.reset()
    assert (run.outcome, run.failed) == (Outcome.CLEAN, set())
