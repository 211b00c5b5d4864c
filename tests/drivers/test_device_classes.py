"""From a device on the bench to its class: what each driver reports of its simulated device tells the catalogue."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from medialab_agent.drivers.android_adb import simulator_models as android
from medialab_agent.drivers.android_adb.simulator import AndroidSimulator
from medialab_agent.drivers.daplink.boards import BOARDS
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_hub.catalogue.loader import shipped
from medialab_hub.catalogue.told import told_by_report

SPIKE = {"lego-spike-prime", "lego-mindstorms-inventor"}
BY_SUITE: dict[tuple[str, str], str | set[str]] = {
    ("apple_ios", "TestAppleIos"): "apple-ipad-10",
    ("arduino", "TestArduino"): "arduino-uno-r3",
    ("arduino_own_usb", "TestCaterina"): "arduino-leonardo",
    ("arduino_own_usb", "TestSamBa"): "arduino-nano-33-iot",
    ("arduino_own_usb", "TestDfu"): "arduino-uno-r4-minima",
    ("checklist", "TestChecklist"): "bee-bot",
    ("jlink_msd", "TestCalliope2"): "calliope-mini-2-1",
    ("lego_lwp3", "TestLwp3"): "lego-boost",
    ("lego_spike", "TestSpike"): SPIKE,
    ("memory_card", "TestMemoryCard"): "canon-eos",
    ("moonraker", "TestMoonraker"): "klipper-printer",
    ("octoprint", "TestOctoPrint"): "octoprint-printer",
    ("ozobot", "TestOzobot"): "ozobot-evo",
    ("prusalink", "TestPrusaLink"): "prusa-mk3",
    ("sphero", "TestSphero"): "sphero-bolt",
    ("tello", "TestTello"): "tello",
    ("thymio", "TestThymio"): "thymio-2",
}
"""Class of the device that each suite puts on the bench; several: a person is asked."""
ANDROID = {
    android.TABLET: {"android-tablet"},
    android.OPPO: {"android-tablet"},
    android.GALAXY: "samsung-galaxy-tab-a9-plus",
    android.LENOVO: "lenovo-tab",
    android.QUEST: "meta-quest-3s",
    android.PICO: "pico-4",
    android.VIVE: "vive-focus-3",
}


async def _check(open_bench: OpenBench, suite: Any, simulator: Simulator, expected: str | set[str]) -> None:
    async with open_bench(suite.driver, simulator, suite.settings) as bench:
        await suite.prepare(bench, simulator)
        report = await bench.until(is_ready)
    found = shipped().matcher.match([told_by_report(report)])
    if isinstance(expected, str):
        assert found.decided == expected, (report.facts, found)
    else:
        assert found.decided is None, (report.facts, found)
        assert expected <= set(found.candidates)


def _suite(module: str, name: str) -> Any:
    return getattr(import_module(f"tests.drivers.test_suite_{module}"), name)()


@pytest.mark.parametrize("where", BY_SUITE, ids=lambda where: where[1])
async def test_the_device_of_each_suite(open_bench: OpenBench, where: tuple[str, str]) -> None:
    suite = _suite(*where)
    await _check(open_bench, suite, suite.make(), BY_SUITE[where])


@pytest.mark.parametrize("board", BOARDS)
async def test_boards_that_share_one_number(open_bench: OpenBench, board: str) -> None:
    make: Callable[..., Simulator] = DapLinkSimulator
    await _check(open_bench, _suite("daplink", "TestMicrobitV2"), make(f"board-{board}", board=BOARDS[board]), board)


@pytest.mark.parametrize("model", ANDROID, ids=lambda model: model.name)
async def test_android_devices_of_many_makers(open_bench: OpenBench, model: android.Model) -> None:
    suite = _suite("android_adb", "TestAndroidAdb")
    await _check(open_bench, suite, AndroidSimulator("device-1", model=model), ANDROID[model])
