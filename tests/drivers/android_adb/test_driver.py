"""What the driver tells about a device, and the small levels: tidy, find-me, refusals."""

import asyncio

import pytest

from medialab_agent.drivers.android_adb import find
from medialab_agent.drivers.android_adb.checks import JUDGES
from medialab_agent.drivers.android_adb.driver import MANIFEST
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, PICO, QUEST
from medialab_agent.sdk.steps import Order, Reading
from medialab_agent.sdk.trouble import NeedsPerson, Unreachable
from medialab_wire.progress import Outcome
from medialab_wire.reports import Access, IdentityKind, Presence


async def test_a_probe_names_class_serial_and_place(bench) -> None:
    made = await bench(AndroidSimulator("R52X0001TAB", model=GALAXY))
    probe = await made.driver.probe()
    assert (probe.name, probe.kind, probe.access) == ("samsung SM-X210", "tablet", Access.OK)
    found = {identity.kind: (identity.value, identity.scope) for identity in probe.identities}
    assert found == {IdentityKind.SERIAL: ("R52X0001TAB", ""), IdentityKind.PLACE: (made.simulator.address, "")}
    assert probe.facts["profile"] == "samsung"


@pytest.mark.parametrize(("model", "profile"), [(QUEST, "quest"), (PICO, "pico")], ids=["quest", "pico"])
async def test_headsets_are_headsets(bench, model, profile) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=model))
    probe = await made.driver.probe()
    assert (probe.kind, probe.facts["profile"]) == ("headset", profile)


async def test_every_reported_key_is_announced(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    reading = await made.driver.report()
    announced = {fact.key: fact for fact in MANIFEST.facts}
    assert set(reading.facts) | set(reading.volatile) | set(reading.traces) <= set(announced)
    assert all(announced[key].volatile for key in reading.volatile)
    assert all(announced[key].trace for key in reading.traces)
    assert reading.traces["images"] == 1


async def test_probe_and_report_share_one_reading(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"), record=False)
    before = len(made.simulator.body.asked)
    await made.driver.probe()
    await made.driver.report()
    assert len(made.simulator.body.asked) == before + 1


def test_every_demanded_check_has_a_judge() -> None:
    assert {level.id: {check.id for check in level.checks} for level in MANIFEST.levels} == {
        level: set(judges) for level, judges in JUDGES.items()
    }


async def test_tidying_closes_apps_and_keeps_everything_else(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    left = made.simulator.residue()
    assert (await made.reset("tidy")).outcome is Outcome.CLEAN
    assert made.simulator.residue() == left
    assert await made.driver.plan(Order("x2", "reset", "tidy")) == ()


async def test_without_a_baseline_nothing_is_erased(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"), record=False)
    made.simulator.soil()
    run = await made.reset()
    assert isinstance(run.trouble["step"], NeedsPerson)
    assert run.outcome is not Outcome.CLEAN
    assert made.simulator.log == []


async def test_another_class_of_device_needs_a_baseline_of_its_own(bench) -> None:
    tablet = await bench(AndroidSimulator("SN-1"))
    headset = await bench(AndroidSimulator("SN-2", model=QUEST))
    headset.baseline = tablet.baseline
    assert (await headset.reset()).trouble["step"].trouble.code == "no-baseline"


async def test_find_me_signals_and_lets_the_headset_sleep_again(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "SHOW_S", 0.05)
    made = await bench(AndroidSimulator("SN-4711", model=QUEST))
    made.driver.link.settings = {"find_url": "http://192.0.2.1/find/7"}
    await made.driver.find_me()
    verbs = [effect.verb for effect in made.simulator.log]
    assert "signal" in verbs and "show" in verbs
    assert not made.simulator.state.awake


async def test_a_device_that_left_falls_silent_with_words_that_help(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    await made.simulator.stop()
    async with asyncio.timeout(10):
        while (reading := await _reading(made)) is None:
            await asyncio.sleep(0.05)
    assert reading.presence is Presence.SILENT
    assert reading.help is not None
    with pytest.raises(Unreachable):
        await made.driver.probe()


async def _reading(made) -> Reading | None:
    """A reading that says the device is silent, or None while adb has not noticed."""
    try:
        reading = await made.driver.report()
    except Unreachable:
        return None
    return reading if reading.presence is Presence.SILENT else None
