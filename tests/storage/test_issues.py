"""Checks over a real fleet: an issue opens once, is told, and closes by itself."""

import asyncio
from collections.abc import Awaitable, Callable

from medialab_hub.services import agents, inventory, places, reports, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_hub.services.issue_rows import ISSUES, issue_views
from medialab_hub.services.place_rows import places_view
from medialab_hub.storage.reading import Reading
from medialab_hub.workers.checker import Checker
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.progress import CheckResult
from medialab_wire.reports import Access, Inventory
from medialab_wire.sightings import BusFact, BusStatus
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore
from tests.fixtures.locked import bring


def run_checks(core: HubCore) -> Callable[[], Awaitable[set[tuple[str, str | None]]]]:
    checker = Checker(core.writer, Reading(core.database), core.index)

    async def recheck() -> set[tuple[str, str | None]]:
        await checker.recheck(everything=False)
        return {(issue["check"], issue["device"] or issue["agent"]) for issue in core.index.every(ISSUES)}

    return recheck


async def test_issues_follow_the_facts(core: HubCore) -> None:
    recheck = run_checks(core)
    device = await asyncio.to_thread(core.prepare, "t1")
    assert await recheck() == set()
    core.do(reports.take_report, "pi", say.report("t1", 2, volatile={"battery": 7}, access=Access.NEEDS_PERSON))
    assert await recheck() == {("needs-person", device), ("low-battery", device)}
    assert core.row(device)["issues"] == 2
    seq = core.index.seq
    assert await recheck() == {("needs-person", device), ("low-battery", device)}
    assert core.index.seq == seq, "the same findings are no news"
    core.index.take_volatile(device, {"battery": 90}, None)
    core.do(reports.take_report, "pi", say.report("t1", 3, volatile={"battery": 90}))
    assert await recheck() == set()
    assert core.row(device)["issues"] == 0
    gone = [event for event in core.events if event.name == "issue"][-1]
    assert b'"gone":true' in gone.data


async def test_a_device_that_asks_for_a_password_is_no_device_that_waits_for_a_hand(core: HubCore) -> None:
    recheck = run_checks(core)
    device = core.do(bring, "A" * 43 + "=")
    assert core.row(device)["status"] == "needs_access"
    assert await recheck() == {("needs-access", device)}
    (issue,) = core.index.every(ISSUES)
    assert issue["suggestions"][0]["action"] == "open-device", "its page is where it is entered"
    core.do(reports.take_report, "pi", say.report("t1", 2))
    assert await recheck() == {("no-baseline", device)}


async def test_a_question_of_identity_is_asked_once(core: HubCore) -> None:
    recheck = run_checks(core)
    first = core.find("a", identities=(say.serial("S1"),))
    second = core.find("b", identities=(say.serial("S2"),))
    third = core.find("c", identities=(say.serial("S1"), say.serial("S2")))
    found = {device for check, device in await recheck() if check == "identity-clash"}
    assert found
    assert found <= {first, second, third}
    core.do(inventory.keep_apart, third, first, "staff")
    core.do(inventory.keep_apart, third, second, "staff")
    assert not [check for check, _ in await recheck() if check == "identity-clash"]
    core.do(reports.take_report, "pi", say.report("c", 5, identities=(say.serial("S1"), say.serial("S2")), name="c"))
    assert not [check for check, _ in await recheck() if check == "identity-clash"], "a person has answered"


async def test_agents_and_their_buses(core: HubCore) -> None:
    recheck = run_checks(core)
    denied = BusFact(source="usb", status=BusStatus.DENIED, title=say.text("USB"), remedy=say.text("udev"))
    absent = BusFact(source="ble", status=BusStatus.ABSENT, title=say.text("Bluetooth"))
    core.do(agents.take_state, "pi", say.ready())
    core.do(agents.take_inventory, "pi", Inventory(version="1", buses=(denied, absent)))
    assert await recheck() == {("bus-denied", "pi"), ("bus-absent", "pi")}
    core.do(agents.take_state, "pi", AgentState(phase=AgentPhase.LOST, birth=1, boot="b1", version="0.1"))
    assert await recheck() == {("agent-lost", "pi")}


async def test_a_failed_reset_is_an_error_until_it_is_proven(core: HubCore) -> None:
    recheck = run_checks(core)
    device = core.prepare("t1")
    bad = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(bad, "t1", checks=(say.passed(result=CheckResult.FAILED),)))
    assert await recheck() == {("quarantined", device)}
    (issue,) = core.read(issue_views)
    assert issue["severity"] == "error"
    assert [entry["action"] for entry in issue["suggestions"]] == ["reset", "find-me", "open-device"]


def test_places_hold_devices_and_let_them_go(core: HubCore) -> None:
    device = core.prepare("t1")
    room = core.do(places.add_location, "Raum 1", "staff")
    table = core.do(places.add_station, "Tisch 1", room, "staff")
    version = core.read(views.device_detail, device, core.clock.now())["version"]
    core.do(inventory.change, device, version, "staff", station=table)
    assert (core.row(device)["location"], core.row(device)["station"]) == (room, table)
    seen = core.read(places_view)
    assert (seen["locations"][0]["devices"], seen["stations"][0]["devices"]) == (1, 1)
    preview = core.do(resetting.preview, resetting.Scope(station=table), None)
    assert [entry["device"] for entry in preview["touched"]] == [device]
    core.do(places.remove_location, room, "staff")
    assert (core.row(device)["location"], core.row(device)["station"]) == (None, None)
