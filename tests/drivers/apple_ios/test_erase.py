"""Erasing by USB: never by surprise, never twice, never believed without a look."""

import asyncio

import pytest

from medialab_agent.drivers.apple_ios.erase import Mark
from medialab_agent.drivers.apple_ios.simulated.state import SimProfile
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import CheckResult
from medialab_wire.reports import Access

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN


async def test_it_comes_back_empty_and_trusts_again_without_a_tap(desk) -> None:
    one = await desk()
    one.simulator.soil()
    before = (await one.ipad.trust()).host_id
    run = await one.reset("erase")
    assert run.trouble is None
    assert run.results == {"started": PASSED, "forgotten": PASSED, "setup": PASSED}
    assert one.effects == ["erase", "trust"]
    assert not any(one.simulator.residue().values())
    probe = await one.driver.probe()
    assert probe.access is Access.OK and probe.facts["awaits_setup"] is True
    assert (await one.ipad.trust()).host_id != before


@pytest.mark.parametrize(
    "cloud",
    [
        {"IsSupervised": True},
        {"OrganizationName": "Schule am Wall"},
        {"ConfigurationURL": "https://mdm.example/enrol"},
        {"IsMDMUnremovable": True},
    ],
)
async def test_what_belongs_to_a_management_is_never_erased_from_here(desk, cloud: dict[str, object]) -> None:
    simulator = IPadSimulator("ipad-1")
    simulator.state.cloud = dict(cloud)
    one = await desk(simulator)
    assert (await one.driver.report()).facts["managed"] is True
    run = await one.reset("erase")
    assert (run.code, one.effects) == ("managed-device", [])
    assert run.results["forgotten"] is UNKNOWN


async def test_a_profile_nobody_may_remove_counts_as_management(desk) -> None:
    simulator = IPadSimulator("ipad-1")
    simulator.state.profiles["com.schule.mdm"] = SimProfile("u-1", is_fixed=True)
    one = await desk(simulator)
    assert (await one.reset("erase")).code == "managed-device"
    assert one.effects == []


async def test_it_is_looked_at_again_right_before_the_order(desk) -> None:
    """Between plan and step somebody may have enrolled it."""
    one = await desk()
    order = Order("x1", "reset", "erase")
    first, *_ = await one.driver.plan(order)
    one.simulator.state.cloud = {"IsSupervised": True}
    with pytest.raises(Refused, match="managed-device"):
        await one.driver.do(order, first, lambda *_: None)
    assert one.effects == []


async def test_no_organisation_is_named(desk) -> None:
    simulator = IPadSimulator("ipad-1")
    simulator.state.cloud = {"IsSupervised": True, "OrganizationName": "Schule am Wall"}
    one = await desk(simulator)
    told = f"{await one.driver.probe()} {await one.driver.report()}"
    assert "Wall" not in told
    assert (await one.driver.report()).facts["organisation"] is True


async def test_a_signed_in_account_would_lock_it_for_ever(desk) -> None:
    simulator = IPadSimulator("ipad-1")
    simulator.state.find_my = True
    one = await desk(simulator)
    run = await one.reset("erase")
    assert (run.code, one.effects) == ("find-my", [])
    assert run.trouble is not None and "Abmelden" in run.trouble.trouble.remedy.de


async def test_a_locked_one_is_unlocked_by_a_person(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", {Fault.LOCKED}))
    run = await one.reset("erase")
    assert (run.code, one.effects) == ("device-locked", [])


async def test_one_that_refuses_stays_as_it_is(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", {Fault.REFUSE}))
    run = await one.reset("erase")
    assert (run.code, one.effects) == ("device-refused", [])
    assert run.results == {"started": PASSED, "forgotten": FAILED, "setup": FAILED}


async def test_an_interrupted_erase_is_not_ordered_twice(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", away_s=0.5))
    order = Order("x1", "reset", "erase")
    first, *rest = await one.driver.plan(order)
    assert (await one.driver.do(order, first, lambda *_: None)).changed
    again = one.again()
    assert not (await again.do(order, first, lambda *_: None)).changed
    for step in rest:
        await again.do(order, step, lambda *_: None)
    assert one.effects.count("erase") == 1
    assert {check.result for check in await again.verify(order)} == {PASSED}


async def test_an_erase_that_the_ipad_never_began_is_ordered_again(desk) -> None:
    one = await desk()
    await Mark(one.notes, "x1").set(one.ipad)
    run = await one.reset("erase")
    assert one.effects.count("erase") == 1
    assert set(run.results.values()) == {PASSED}


async def test_a_stale_record_is_no_proof(desk) -> None:
    """An iPad that never knew this computer has forgotten nothing."""
    one = await desk()
    one.simulator.state.hosts.clear()
    run = await one.reset("erase")
    assert run.code == "not-trusted"
    assert run.results["forgotten"] is UNKNOWN
    assert one.notes.values == {}


async def test_somebody_sets_it_up_before_the_look(desk) -> None:
    one = await desk()
    await one.reset("erase")
    one.simulator.state.setup_done = True
    results = {check.id: check.result for check in await one.driver.verify(Order("x1", "reset", "erase"))}
    assert results == {"started": PASSED, "forgotten": PASSED, "setup": FAILED}


async def test_gone_for_good_is_unknown(desk) -> None:
    one = await desk()
    await one.reset("erase")
    await one.simulator.stop()
    checks = await one.driver.verify(Order("x1", "reset", "erase"))
    assert {check.result for check in checks} == {UNKNOWN}


async def test_it_says_what_it_waits_for(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", away_s=0.4))
    run = await one.reset("erase")
    assert any("Angesteckt lassen" in words.de for words in run.said)
    assert run.done["connect"].detail is not None


async def test_many_at_once(desk) -> None:
    desks = [await desk(IPadSimulator(f"ipad-{number}")) for number in range(6)]
    runs = await asyncio.gather(*(one.reset("erase") for one in desks))
    assert all(set(run.results.values()) == {PASSED} for run in runs)
