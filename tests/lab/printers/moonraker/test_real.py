"""The real Moonraker plays every scenario its simulator plays; and it loses its power, its heat and its Klipper."""

import asyncio

import pytest

from medialab_agent.drivers.moonraker import push
from medialab_agent.drivers.moonraker.driver import DRIVER, MANIFEST
from medialab_agent.runtime.matcher import candidates
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.reports import Access
from tests.drivers.moonraker.peers import GCODE, RealPeer, manual
from tests.drivers.moonraker.test_announcement import heard
from tests.drivers.moonraker.test_identity import (
    known,
    test_identity_is_confirmed_at_the_address,
    test_the_octoprint_driver_refuses_its_imitation,
    test_two_printers_with_one_host_name_are_not_confused,
)
from tests.drivers.moonraker.test_push import (
    full,
    test_a_restart_of_klipper_is_told_and_listening_goes_on,
    test_changes_made_by_others_are_told,
)
from tests.drivers.moonraker.test_reset import (
    test_a_paused_print_is_cancelled_too,
    test_a_printer_after_an_emergency_stop_is_restarted_first,
    test_changed_settings_are_noticed_and_said,
    test_hot_printing_printer_with_traces_is_reset_and_read_back,
    test_single_pictures_nobody_may_delete_are_said,
)
from tests.drivers.moonraker.test_same_answers import (
    test_a_wrong_key_is_refused_even_where_none_is_needed,
    test_an_upload_that_is_not_what_it_says_is_refused,
    test_both_imitate_octoprint,
    test_what_is_changed_while_it_prints,
    test_what_is_changed_while_it_rests,
    test_what_is_read,
)
from tests.drivers.moonraker.test_stage import (
    copy,
    shelf,
    test_files_arrive_and_are_read_back,
    test_staging_and_stopping_it_leaves_a_running_print_alone,
    test_what_may_not_be_is_refused_and_changes_nothing,
)
from tests.fixtures.driver_session import link, reset_order, run
from tests.peers.moonraker.rig import MoonrakerPeer

__all__ = [
    "copy",
    "shelf",
    "test_a_paused_print_is_cancelled_too",
    "test_a_printer_after_an_emergency_stop_is_restarted_first",
    "test_a_restart_of_klipper_is_told_and_listening_goes_on",
    "test_a_wrong_key_is_refused_even_where_none_is_needed",
    "test_an_upload_that_is_not_what_it_says_is_refused",
    "test_both_imitate_octoprint",
    "test_changed_settings_are_noticed_and_said",
    "test_changes_made_by_others_are_told",
    "test_files_arrive_and_are_read_back",
    "test_hot_printing_printer_with_traces_is_reset_and_read_back",
    "test_identity_is_confirmed_at_the_address",
    "test_single_pictures_nobody_may_delete_are_said",
    "test_staging_and_stopping_it_leaves_a_running_print_alone",
    "test_the_octoprint_driver_refuses_its_imitation",
    "test_two_printers_with_one_host_name_are_not_confused",
    "test_what_is_changed_while_it_prints",
    "test_what_is_changed_while_it_rests",
    "test_what_is_read",
    "test_what_may_not_be_is_refused_and_changes_nothing",
]
pytestmark = [pytest.mark.peers, pytest.mark.slow]


async def test_the_real_announcement_leads_to_the_real_printer(moonraker: MoonrakerPeer) -> None:
    sighting = await heard("127.0.0.1", moonraker.hostname)
    assert sighting.facts["txt.version"] == "0.11.0"
    assert [found.driver for found in candidates(sighting, [MANIFEST])] == ["moonraker"]
    assert DRIVER.key(sighting) == f"moonraker-{sighting.facts['txt.uuid']}"
    driver = DRIVER(link(sighting))
    found = await driver.probe()
    assert found.access is Access.OK
    assert found.identities[0].value == sighting.facts["txt.uuid"]
    await driver.close()


async def test_the_real_one_lets_us_in_with_its_key_only(bare: MoonrakerPeer) -> None:
    locked = DRIVER(known(manual(bare.host, bare.port)))
    found = await locked.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.help is not None and bare.here in found.help.de
    await locked.close()
    key = bare.api_key()
    opened = DRIVER(known(manual(bare.host, bare.port), key_127_0_0_1=key))
    assert (await opened.probe()).access is Access.OK
    reading = await opened.report()
    assert reading.facts["state"] == "offline"
    assert reading.help is not None and "Klipper" in reading.help.de
    await opened.close()


async def test_the_real_one_has_no_room_either(bare: MoonrakerPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE_S", 0.1)
    await full(bare.host, bare.port, bare.api_key(), bare.sockets)


async def test_a_print_that_waits_for_heat_is_cancelled(moonraker: MoonrakerPeer) -> None:
    peer = RealPeer(moonraker)
    driver = DRIVER(link(peer.sighting()))
    baseline = dict(await driver.snapshot())
    await peer.upload("hot.gcode", b"M109 S90\n" + GCODE)
    await peer.start_print("hot.gcode")
    await peer.until(lambda m: m["extruder"]["target"] == 90)
    order = reset_order(baseline)
    steps = [step for step in await driver.plan(order) if step.id in {"end-job", "deselect", "heaters-off", "files"}]
    for step in steps:
        async with asyncio.timeout(step.deadline_s):
            await driver.do(order, step, lambda *_: None)
    now = await peer.machine()
    assert (now["print_stats"]["state"], now["extruder"]["target"]) == ("standby", 0)
    assert "hot.gcode" not in await peer.paths()
    await driver.close()
    await peer.admin.aclose()


async def test_a_reset_goes_on_after_moonraker_lost_its_power(moonraker: MoonrakerPeer) -> None:
    peer = RealPeer(moonraker)
    driver = DRIVER(link(peer.sighting()))
    baseline = dict(await driver.snapshot())
    await peer.upload("learners/anna.gcode")
    await peer.gcode("M140 S35")
    order = reset_order(baseline)
    steps = await driver.plan(order)
    moonraker.kill("moonraker")
    running = [asyncio.create_task(driver.do(order, step, lambda *_: None)) for step in steps[:1]]
    await asyncio.sleep(0.5)
    await asyncio.to_thread(moonraker.launch_moonraker)
    assert (await running[0]).changed
    result = await run(driver, order)
    assert result.machine_passed(), result.checks
    assert "learners" not in await peer.paths()
    await driver.close()
    await peer.admin.aclose()


async def test_klipper_that_is_away_is_said_and_waited_for(moonraker: MoonrakerPeer) -> None:
    peer = RealPeer(moonraker)
    driver = DRIVER(link(peer.sighting()))
    baseline = dict(await driver.snapshot())
    moonraker.kill("klipper")
    async with asyncio.timeout(10):
        while (await driver.report()).facts["state"] != "offline":
            await asyncio.sleep(0.1)
    reading = await driver.report()
    assert reading.facts["klipper"] == "disconnected" and reading.facts["safe_to_touch"] is False
    assert reading.help is not None and "Klipper" in reading.help.de
    with pytest.raises(DeviceTrouble) as trouble:
        await driver.snapshot()
    assert trouble.value.trouble.code == "klipper-down"
    running = asyncio.create_task(run(driver, reset_order(baseline)))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(moonraker.launch_klipper)
    assert "restart" in (result := await running).changed
    assert result.machine_passed(), result.checks
    await driver.close()
    await peer.admin.aclose()
