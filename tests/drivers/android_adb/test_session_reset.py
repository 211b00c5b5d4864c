"""The session reset: through the real adb server, every trace gone or named."""

import json

import pytest

from medialab_agent.drivers.android_adb.driver import MANIFEST
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import MODELS, Model
from medialab_wire.progress import CheckResult, Outcome


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.product)
async def test_a_soiled_device_becomes_clean_and_says_so_itself(bench, model: Model) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=model))
    made.simulator.soil()
    assert made.simulator.residue()
    run = await made.reset()
    assert (run.trouble, run.failed) == ({}, set())
    assert made.simulator.residue() == {}
    unknown = {check.id for check in run.checks if check.result is CheckResult.UNKNOWN}
    assert (run.outcome, unknown) == (Outcome.CLEAN, set())


async def test_verify_gives_every_check_of_the_manifest(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    for level in ("tidy", "session", "full"):
        run = await made.reset(level, exec_id=f"x-{level}")
        assert [check.id for check in run.checks] == [spec.id for spec in MANIFEST.level(level).checks]


async def test_a_second_reset_changes_nothing(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    await made.reset()
    effects = len(made.simulator.log)
    run = await made.reset()
    assert run.outcome is Outcome.CLEAN
    assert made.simulator.log[effects:] == []
    assert not any(done.changed for done in run.done.values())


async def test_a_baseline_survives_json_and_names_nobody(bench) -> None:
    simulator = AndroidSimulator("SN-4711")
    simulator.state.wifi[3] = ("WLAN von Max Muster", "wpa2-psk")
    simulator.state.accounts.append(("max@example.org", "com.google"))
    simulator.state.files["/sdcard/DCIM/Max.jpg"] = b"x"
    made = await bench(simulator)
    text = json.dumps(made.baseline)
    assert "Max" not in text and "max@" not in text
    assert json.loads(text) == made.baseline
