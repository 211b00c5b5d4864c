"""The connector to a device management: opt-in, one host, believed as far as it says something."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from medialab_agent.drivers.apple_ios import managed
from medialab_agent.drivers.apple_ios.mdm.connector import MdmSettings
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.drivers.apple_ios.source import UsbmuxSource
from medialab_wire.progress import CheckResult
from tests.drivers.apple_ios.management import KEY, NETWORK, Management

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN
_CONNECTED: list[Any] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _CONNECTED.append(arguments[1] if event != "socket.getaddrinfo" else arguments[0])


sys.addaudithook(_watch)


@pytest.fixture
async def management() -> AsyncIterator[Management]:
    simulator = IPadSimulator("ipad-1")
    simulator.state.cloud = {"IsSupervised": True, "OrganizationName": "Schule"}
    one = Management(simulator)
    await one.start()
    yield one
    await one.stop()


async def test_it_orders_once_and_both_ways_of_looking_agree(desk, management: Management, tmp_path: Path) -> None:
    one = await desk(management.simulator, **management.settings(tmp_path))
    one.simulator.soil()
    run = await one.reset("managed-erase")
    assert run.trouble is None
    assert run.results == {"forgotten": PASSED, "managed": PASSED}
    assert one.effects == ["erase"]
    wipe = next(asked for asked in management.asked if asked[0] == "POST")
    assert wipe[1] == f"/api/devices/{one.simulator.udid}/wipe"
    assert wipe[3].replace(b" ", b"") == b'{"clearActivationLock":"true"}'


async def test_a_repeated_step_orders_nothing_again(desk, management: Management, tmp_path: Path) -> None:
    one = await desk(management.simulator, **management.settings(tmp_path))
    await one.reset("managed-erase")
    one.again()
    await one.reset("managed-erase")
    assert sum(asked[0] == "POST" for asked in management.asked) == 1


@pytest.mark.parametrize("said", [None, "2026-03-18 20:48:54", {"epoch": "soon"}, {"epoch": -1}, {"epoch": 2**90}, []])
async def test_a_management_that_tells_no_moment_proves_nothing(
    desk, management: Management, tmp_path: Path, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(managed, "PATIENCE_S", 0.3)
    management.checked_in = said
    one = await desk(management.simulator, **management.settings(tmp_path))
    run = await one.reset("managed-erase")
    assert run.results == {"forgotten": PASSED, "managed": UNKNOWN}


async def test_without_a_cable_the_erase_itself_stays_unknown(
    desk, management: Management, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(managed, "PATIENCE_S", 0.3)
    one = await desk(management.simulator, **management.settings(tmp_path))
    await one.simulator.stop()
    run = await one.reset("managed-erase")
    assert run.results == {"forgotten": UNKNOWN, "managed": PASSED}
    assert run.done["wait-for-management"].detail is not None


async def test_one_that_left_the_management_is_found(
    desk, management: Management, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(managed, "PATIENCE_S", 0.3)
    management.is_managed = False
    one = await desk(management.simulator, **management.settings(tmp_path))
    assert (await one.reset("managed-erase")).results["managed"] is FAILED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((401, b"{}"), "mdm-credentials"),
        ((403, b"{}"), "mdm-credentials"),
        ((404, b"{}"), "mdm-unknown-device"),
        ((500, b"oops"), "mdm-answer"),
        ((200, b"no json"), "mdm-answer"),
        ((200, b'{"message": "Maybe"}'), "mdm-answer"),
        ((200, b"[" * 2_000_000), "mdm-answer"),
        ((302, b""), "mdm-answer"),
    ],
)
async def test_a_refusal_is_said_and_nothing_is_claimed(
    desk, management: Management, tmp_path: Path, answer: tuple[int, bytes], code: str
) -> None:
    management.answers["POST"] = answer
    management.location = "http://127.0.0.1:1/elsewhere"
    one = await desk(management.simulator, **management.settings(tmp_path))
    run = await one.reset("managed-erase")
    assert run.code == code
    assert one.effects == []
    assert PASSED not in run.results.values()
    assert KEY not in str(run.trouble) and NETWORK not in str(run.trouble)


async def test_a_management_that_is_away_is_said(desk, management: Management, tmp_path: Path) -> None:
    one = await desk(management.simulator, **management.settings(tmp_path, url="http://127.0.0.1:1"))
    assert (await one.reset("managed-erase")).code == "mdm-unreachable"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"mdm_kind": "relution"}, "mdm_kind"),
        ({"mdm_url": "http://school.example"}, "mdm_url"),
        ({"mdm_url": ""}, "mdm_url"),
        ({"mdm_credentials": "/nowhere/at/all"}, "mdm_credentials"),
    ],
)
async def test_wrong_settings_are_named_and_contact_nobody(
    desk, management: Management, tmp_path: Path, change: dict[str, str], word: str
) -> None:
    settings = management.settings(tmp_path) | change
    one = await desk(management.simulator, **settings)
    run = await one.reset("managed-erase")
    assert run.code == "mdm-settings"
    assert run.trouble is not None and word in run.trouble.trouble.remedy.de
    assert word in UsbmuxSource(one.settings).fact().title.de
    assert management.asked == []


async def test_a_key_everybody_may_read_is_not_used(desk, management: Management, tmp_path: Path) -> None:
    one = await desk(management.simulator, **management.settings(tmp_path, mode=0o644))
    assert (await one.reset("managed-erase")).code == "mdm-settings"
    assert management.asked == []


def test_the_one_outbound_connection_is_named_only_when_there_is_one(tmp_path: Path) -> None:
    assert UsbmuxSource({}).fact().title.de == "iPads (usbmuxd)"
    settings = Management().settings(tmp_path, url="https://schule.jamfcloud.com")
    title = UsbmuxSource(settings).fact().title
    assert "schule.jamfcloud.com" in title.de and "schule.jamfcloud.com" in title.en
    assert KEY not in repr(MdmSettings.of(settings))


async def test_nothing_leaves_this_computer_unless_it_is_switched_on(desk) -> None:
    """Every verb and every level, watched at the socket: only the Unix socket of usbmuxd is contacted."""
    global _watching
    one = await desk()
    one.baseline = await one.driver.snapshot()
    _CONNECTED.clear()
    _watching = True
    try:
        await one.driver.probe()
        await one.driver.report()
        for level in ("session", "managed-erase", "erase"):
            await one.reset(level)
        await one.driver.find_me()
    finally:
        _watching = False
    assert _CONNECTED
    assert {str(address) for address in _CONNECTED} == {one.settings["usbmuxd"]}
