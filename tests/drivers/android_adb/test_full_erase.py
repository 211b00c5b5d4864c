"""The full erase: once, through a restart, and proven by the device's own marks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from medialab_agent.drivers.android_adb import wipe
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.steps import Done, Order
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused
from medialab_wire.progress import CheckResult, Outcome
from medialab_wire.texts import Text

ORDER = Order("x1", "reset", "full")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wipe, "POLL_S", 0.05)


@contextlib.asynccontextmanager
async def replugged(made) -> AsyncIterator[None]:
    """While this is open somebody connects the device again as soon as it listens; adb itself takes ten seconds."""
    task = asyncio.create_task(_replug(made))
    try:
        yield
    finally:
        task.cancel()


async def _replug(made) -> None:
    while True:
        await gone(made)
        while not (made.simulator.is_listening and await _is_back(made)):
            if made.simulator.is_listening:
                for service in ("disconnect", "connect"):
                    with contextlib.suppress(DeviceTrouble):
                        await made.server.client.ask(f"host:{service}:{made.simulator.address}")
            await asyncio.sleep(0.05)


async def _is_back(made) -> bool:
    """Whether the server has a living connection to the device, allowed or not."""
    with contextlib.suppress(DeviceTrouble):
        states = {device.serial: device.state for device in await made.server.client.devices()}
        return states.get(made.simulator.address) in {"device", "unauthorized", "authorizing"}
    return False


async def gone(made) -> None:
    while made.simulator.is_listening:
        await asyncio.sleep(0.005)


async def do(made, number: int, say: Callable[..., None] = lambda *_: None) -> Done:
    """A step of the full erase."""
    return await made.driver.do(ORDER, (await made.driver.plan(ORDER))[number], say)


async def test_a_full_erase_comes_back_empty(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    made.simulator.state.accounts.append(("max@example.org", "com.google"))
    async with replugged(made):
        run = await made.reset("full")
    assert (run.trouble, run.failed, run.outcome) == ({}, set(), Outcome.CLEAN)
    assert not made.simulator.state.accounts
    assert [effect.verb for effect in made.simulator.log].count("wipe") == 1


async def test_a_device_that_is_away_is_waited_for(bench) -> None:
    """The step begins only when the device has left already, as it does where a command takes its time."""
    made = await bench(AndroidSimulator("SN-4711", away_s=0.5))
    await do(made, 0)
    await gone(made)
    words = list[Text | None]()
    async with replugged(made):
        done = await do(made, 1, lambda _, said=None: words.append(said))
    assert made.simulator.state.boot == 2
    assert done.changed and done.detail is not None and "neu festhalten" in done.detail.de
    assert words and words[0] is not None and "startet neu" in words[0].de


async def test_a_device_that_forgot_us_is_waited_for_until_somebody_allows_us(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", forgets=True))
    words = list[str]()

    def say(_: float, said: Text | None = None) -> None:
        words.append(said.de if said else "")
        if "Zulassen" in words[-1]:
            made.simulator.tap_allow()

    await do(made, 0)
    async with replugged(made):
        await do(made, 1, say)
    assert any("USB-Debugging wieder erlauben" in line for line in words)
    checks = await made.driver.verify(ORDER)
    assert {check.result for check in checks} == {CheckResult.PASSED}


async def test_a_device_that_stays_away_asks_for_hands(bench, monkeypatch) -> None:
    monkeypatch.setattr(wipe, "PATIENCE_S", 0.3)
    made = await bench(AndroidSimulator("SN-4711", away_s=60))
    run = await made.reset("full")
    assert isinstance(run.trouble["step"], NeedsPerson)
    assert run.trouble["step"].trouble.code == "not-back"
    assert {check.result for check in run.checks} == {CheckResult.UNKNOWN}
    assert run.outcome is not Outcome.CLEAN


async def test_a_repeated_step_never_erases_twice(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    async with replugged(made):
        await do(made, 0)
        made.driver = made.again()
        await do(made, 0)
        await do(made, 1)
        made.driver = made.again()
        again = await do(made, 0)
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
