"""When the source asks, whom, and what it makes of the answers."""

import asyncio
from pathlib import Path

import pytest

from medialab_agent.drivers.tello.address import local_key, parse
from medialab_agent.drivers.tello.simulator import TelloSimulator
from medialab_agent.drivers.tello.source import TelloSource, is_in, radio_address
from medialab_agent.sdk.simulator import Fault
from medialab_wire.sightings import BusStatus, Sighting

ARP = """IP address       HW type     Flags       HW address            Mask     Device
192.168.10.7     0x1         0x2         60:60:1F:AA:BB:01     *        wlan1
192.168.10.1     0x1         0x2         60:60:1F:AA:BB:CC     *        wlan1
192.168.10.9     0x1         0x0         00:00:00:00:00:00     *        wlan1
"""


async def _seen(source: TelloSource, seen: list[Sighting], number: int) -> None:
    async with asyncio.timeout(10):
        while len(seen) < number:
            await asyncio.sleep(0.02)
    assert source.fact().status is BusStatus.LISTENING


def _source(*drones: TelloSimulator) -> TelloSource:
    told = ",".join(f"{one.host}:{one.port}" for one in drones)
    return TelloSource({"drones": told, "every_s": "0.1", "answer_s": "0.3"})


async def test_it_sees_drones_come_go_and_change() -> None:
    drone, seen = TelloSimulator("0TQDG2KEDB0001"), list[Sighting]()
    await drone.start()
    source = _source(drone)
    running = asyncio.create_task(source.run(seen.append))
    try:
        await _seen(source, seen, 1)
        assert (seen[0], local_key(seen[0])) == (drone.sighting(), "tello-0tqdg2kedb0001")
        drone.serial = "0TQDG2KEDB0002"
        await _seen(source, seen, 3)
        assert [(one.key[-1], one.present) for one in seen[1:]] == [("1", False), ("2", True)]
        drone.faults.add(Fault.HANG)
        await _seen(source, seen, 4)
        assert not seen[-1].present
        drone.faults.clear()
        await _seen(source, seen, 5)
        assert seen[-1] == drone.sighting()
    finally:
        running.cancel()
        await drone.stop()


def test_only_a_guest_of_that_network_asks() -> None:
    assert is_in(("127.0.0.1", "192.168.10.2"))
    assert not is_in(("192.168.10.1",))
    assert not is_in(("127.0.0.1", "192.168.1.10", "10.0.0.1"))
    assert not is_in(())


def test_the_radio_address_comes_from_the_system(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_text(ARP, encoding="ascii")
    assert radio_address("192.168.10.1", table) == "60:60:1f:aa:bb:cc"
    assert radio_address("192.168.10.9", table) == ""
    assert radio_address("192.168.10.5", table) == ""
    assert radio_address("192.168.10.1", tmp_path / "none") == ""


def test_keys_tell_drones_apart() -> None:
    def key(source: str, **facts: str) -> str | None:
        return local_key(Sighting(source=source, key="k", facts=facts))

    assert key("tello", address="192.168.10.1", serial="0TQ1", mac="60:60:1f:00:00:01") == "tello-0tq1"
    assert key("tello", address="192.168.10.1", mac="60:60:1F:00:00:01") == "tello-60-60-1f-00-00-01"
    assert key("manual", address="192.168.1.40", scheme="tello") == "tello-192-168-1-40-8889"
    assert key("manual", address="192.168.1.40", scheme="http") is None
    assert key("tello") is None


@pytest.mark.parametrize("text", ["", "tello", "1.2.3.4:0", "1.2.3.4:99999", "1.2.3.4:x", "1.2.3", "::1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse(text) is None
