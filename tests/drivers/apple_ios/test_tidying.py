"""Tidying apps and profiles: what can be read is exact, what cannot is said."""

import pytest

from medialab_agent.drivers.apple_ios.simulated.state import STAFF_PROFILE, SimProfile
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.progress import CheckResult

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN


async def test_what_a_group_added_goes_and_what_staff_put_there_stays(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    staff = dict(one.simulator.state.apps)
    one.simulator.soil()
    assert (await one.driver.report()).traces == {"apps": 5, "profiles": 2}
    run = await one.reset("session")
    assert one.simulator.state.apps == staff
    assert set(one.simulator.state.profiles) == {STAFF_PROFILE}
    assert run.results == {
        "apps": PASSED,
        "profiles": PASSED,
        "passcode": PASSED,
        "app-data": UNKNOWN,
        "photos": UNKNOWN,
    }


async def test_nothing_to_do_is_no_step(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    run = await one.reset("session")
    assert run.done == {}
    assert one.effects == []


async def test_a_profile_that_will_not_go_is_found(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.state.profiles["com.fremd.vpn"] = SimProfile("u-2", is_fixed=True)
    assert (await one.reset("session")).results["profiles"] is FAILED


async def test_an_exchanged_profile_is_found(desk) -> None:
    """Same name, other content."""
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.state.profiles[STAFF_PROFILE] = SimProfile("another")
    assert (await one.reset("session")).results["profiles"] is FAILED


async def test_a_lost_app_is_found(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.state.apps.popitem()
    run = await one.reset("session")
    assert run.results["apps"] is FAILED
    check = next(check for check in run.checks if check.id == "apps")
    assert check.observed is not None and check.observed.de == "zu viel: 0, fehlen: 1"


async def test_a_passcode_somebody_set_is_found(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.state.has_passcode = True
    assert (await one.reset("session")).results["passcode"] is FAILED


async def test_an_app_that_will_not_go_ends_it(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.soil()
    one.simulator.faults.add(Fault.REFUSE)
    run = await one.reset("session")
    assert run.code == "device-refused"
    assert run.results["apps"] is FAILED


async def test_what_a_lock_hides_is_not_guessed(desk) -> None:
    one = await desk()
    one.baseline = await one.driver.snapshot()
    one.simulator.faults.add(Fault.LOCKED)
    run = await one.reset("session")
    assert (run.results["apps"], run.results["profiles"]) == (UNKNOWN, UNKNOWN)
    reading = await one.again().report()
    assert reading.traces == {} and reading.facts["managed"] is None
    with pytest.raises(NeedsPerson):
        await one.driver.snapshot()


async def test_without_a_good_state_nothing_is_removed(desk) -> None:
    one = await desk()
    one.simulator.soil()
    for baseline in (None, {}, {"apps": [], "profiles": 3}):
        one.baseline = baseline
        assert (await one.reset("session")).code == "no-baseline"
    assert one.effects == []


async def test_a_hundred_apps_come_in_parts(desk) -> None:
    simulator = IPadSimulator("ipad-1")
    simulator.state.apps = {f"com.app.n{number}": "1.0" for number in range(100)}
    one = await desk(simulator)
    assert (await one.driver.report()).traces["apps"] == 100
