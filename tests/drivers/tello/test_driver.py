"""What the Tello driver reads, what it admits not to know, and that it never says a word that moves a drone."""

import ast
import re
import socket
from pathlib import Path

import pytest

import medialab_agent.drivers.tello as package
from medialab_agent.drivers.tello.queries import Query, meaning, state_of
from medialab_agent.drivers.tello.simulator import CommandHeard, TelloSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable
from medialab_wire.progress import CheckResult
from medialab_wire.reports import IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.tello.session import SERIAL, flying_club, order, results

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN
COMMANDS = re.findall(
    r"\w+",
    "takeoff land emergency up down left right forward back cw ccw flip go stop curve jump rc motoron motoroff "
    "throwfly speed streamon streamoff mon moff mdirection wifi ap reboot port setfps setbitrate setresolution "
    "downvision EXT multiwifi wifisetchannel",
)
"""Every control and set command of SDK 1.3, 2.0 and 3.0."""


def _strings(tree: ast.AST) -> set[str]:
    """Every word in code that is a string, documentation left out."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    }


def test_the_only_words_for_a_drone_are_questions() -> None:
    assert {query.value for query in Query} == {"command", "battery?", "sn?", "sdk?", "wifi?"}


def test_no_command_stands_anywhere_in_the_package() -> None:
    forbidden = re.compile(rf"({'|'.join(COMMANDS)})( .*)?")
    for path in Path(package.__file__ or "").parent.glob("*.py"):
        found = {words for words in _strings(ast.parse(path.read_text(encoding="utf-8"))) if forbidden.fullmatch(words)}
        # These two command nothing without what would follow, and are the names of facts and of people's steps.
        assert found <= {"port", "wifi"}, path.name


def test_there_is_one_place_that_sends_and_it_takes_a_query() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in Path(package.__file__ or "").parent.glob("*.py")}
    sending = {name for name, text in texts.items() if re.search(r"\.send(to|all|msg)?\(", text)}
    assert sending == {"drone.py", "simulator.py"}
    assert re.findall(r"\.sendto\((.*)\)", texts["drone.py"]) == ['query.value.encode("ascii")']


@pytest.mark.parametrize("command", [*COMMANDS, "rc 0 0 0 0", "wifi name password", "COMMAND", "battery", ""])
async def test_the_simulated_drone_is_loud_when_it_is_commanded(command: str) -> None:
    drone = TelloSimulator(SERIAL)
    with pytest.raises(CommandHeard):
        async with flying_club(drone):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
                mouth.sendto(command.encode(), (drone.host, drone.port))
            assert drone.answer(command, "127.0.0.1") == b"error"


async def test_it_reads_who_and_how_it_is() -> None:
    async with flying_club(TelloSimulator(SERIAL)) as driver:
        probe, reading = await driver.probe(), await driver.report()
        assert [(one.kind, one.value) for one in probe.identities] == [(IdentityKind.SERIAL, SERIAL)]
        assert (reading.facts["sdk"], reading.volatile) == ("20", {"battery": 87, "reception": 90})
        assert await driver.snapshot() == {"drone": SERIAL}


async def test_all_a_machine_can_check_is_checked() -> None:
    async with flying_club(TelloSimulator(SERIAL)) as driver:
        assert results(await driver.verify(order())) == {"same-drone": PASSED, "battery": PASSED, "still": PASSED}


async def test_motors_that_run_are_found() -> None:
    drone = TelloSimulator(SERIAL, second_s=0.1)
    drone.spin()
    async with flying_club(drone) as driver:
        assert results(await driver.verify(order()))["still"] is FAILED


async def test_a_port_another_program_holds_leaves_it_unknown() -> None:
    drone = TelloSimulator(SERIAL)
    async with flying_club(drone) as driver:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("0.0.0.0", drone.state_port))
            assert results(await driver.verify(order()))["still"] is UNKNOWN


async def test_another_drone_at_the_same_address_is_not_taken_for_it() -> None:
    drone = TelloSimulator(SERIAL)
    async with flying_club(drone) as driver:
        await driver.probe()
        drone.serial = "0TQDG2KEDB0001"
        for call in (driver.probe, driver.report, lambda: driver.plan(order())):
            with pytest.raises(Unreachable, match="other-device"):
                await call()
        assert results(await driver.verify(order()))["same-drone"] is FAILED


async def test_old_firmware_without_numbers_is_never_clean_but_with_a_radio_address_is() -> None:
    drone = TelloSimulator(SERIAL, has_serial=False)
    async with flying_club(drone) as driver:
        assert [one.kind for one in (await driver.probe()).identities] == [IdentityKind.PLACE]
        assert (await driver.report()).facts["sdk"] is None
        assert results(await driver.verify(order("")))["same-drone"] is UNKNOWN
        known = driver.link.sightings[0]
        driver.link.sightings = (known.model_copy(update={"facts": {**known.facts, "mac": "60:60:1f:00:00:01"}}),)
        assert [one.kind for one in (await driver.probe()).identities] == [IdentityKind.MAC]
        assert results(await driver.verify(order("60:60:1f:00:00:01")))["same-drone"] is PASSED


async def test_what_it_does_not_tell_is_unknown() -> None:
    async with flying_club(TelloSimulator(SERIAL, {Fault.REFUSE})) as driver:
        assert results(await driver.verify(order()))["battery"] is UNKNOWN
        assert "battery" not in (await driver.report()).volatile


async def test_a_late_answer_is_no_answer_to_the_next_question() -> None:
    drone = TelloSimulator(SERIAL, {Fault.SLOW}, slow_s=1.2)
    async with flying_club(drone) as driver:
        drone.faults.clear()
        told = await driver.report()
        drone.faults.add(Fault.SLOW)
        with pytest.raises(Unreachable):
            await driver.report()
        drone.faults.clear()
        assert (await driver.report()).volatile == told.volatile


@pytest.mark.parametrize("where", ["", "not-an-address", "192.168.10.1; rm", "::1"])
async def test_only_addresses_are_asked(where: str) -> None:
    async with flying_club(TelloSimulator(SERIAL)) as driver:
        driver.link.sightings = (Sighting(source="manual", key="k", facts={"scheme": "tello", "address": where}),)
        with pytest.raises(DeviceTrouble, match="unreachable"):
            await driver.probe()


def test_answers_are_understood_or_not_taken_at_all() -> None:
    assert meaning(Query.BATTERY, b"87\r\n") == "87"
    assert meaning(Query.SERIAL, b"0TQDG2KEDB0001") == "0TQDG2KEDB0001"
    for query in Query:
        for said in (b"", b"error", b"unknown command: x", b"\xff" * 40, b"101", b"1" * 5_000, b"-5"):
            told = meaning(query, said)
            assert told is None or (query is Query.SDK and said == b"101"), (query, said)


def test_state_packets_are_numbers_or_nothing() -> None:
    said = b"mid:-2;mpry:0,0,0;pitch:0;bat:87;baro:44.12;time:3;h:-1;\r\n"
    assert state_of(said) == {"mid": -2, "pitch": 0, "bat": 87, "baro": 44.12, "time": 3, "h": -1}
    for garbage in (b"", b"\xff\x00;", b"bat", b"bat:nan;h:inf", b"h:" + b"9" * 4_000, b"toolongname:1"):
        assert state_of(garbage) == {}
