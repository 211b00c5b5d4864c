"""Calls on UDP 2021: printers are seen, and nobody who shouts can do harm."""

import asyncio
import socket

import pytest

from medialab_agent.drivers.bambu.notify import parse
from medialab_agent.drivers.bambu.source import MOST, BambuSource
from medialab_wire.reports import Access
from medialab_wire.sightings import BusStatus, Sighting
from tests.drivers.bambu.conftest import MakePrinter
from tests.drivers.bambu.session import driver_for

CALL = (
    "NOTIFY * HTTP/1.1\r\nNT: urn:bambulab-com:device:3dprinter:1\r\nUSN: {serial}\r\nLocation: 203.0.113.66\r\n"
    "DevName.bambu.com: Mein\x00 Drucker\r\nDevModel.bambu.com: C12\r\n\r\n"
)


def call(serial: str = "01P00A000000001") -> bytes:
    return CALL.format(serial=serial).encode()


def test_a_call_tells_serial_name_and_model() -> None:
    assert parse(call()) == {"serial": "01P00A000000001", "name": "Mein Drucker", "model": "C12"}


@pytest.mark.parametrize(
    "datagram",
    [
        b"", b"NOTIFY ", b"\xff" * 100, call("../../etc"), call("a" * 500), call() + b"x" * 3000,
        call().replace(b"urn:bambulab", b"urn:other"), b"M-SEARCH" + call()[6:],
    ],
)  # fmt: skip
def test_anything_else_is_no_printer(datagram: bytes) -> None:
    assert parse(datagram) is None


def test_a_shouter_of_names_fills_nothing() -> None:
    source, seen = BambuSource({}), list[Sighting]()
    for number in range(3 * MOST):
        source.heard(call(f"01P{number:012d}"), "192.0.2.1", seen.append)
    assert len(seen) == MOST == source.fact().seen
    source.heard(call("01P000000000001"), "192.0.2.9", seen.append)
    assert len(seen) == MOST + 1, "the known ones are still heard"


def test_the_address_is_where_the_call_came_from_and_only_news_are_told() -> None:
    source, seen = BambuSource({}), list[Sighting]()
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        source.heard(call(), address, seen.append)
    assert [sighting.facts["address"] for sighting in seen] == ["192.0.2.7", "192.0.2.8"]


async def test_a_printer_appears_and_is_gone_when_it_falls_silent(make_printer: MakePrinter) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source, seen = BambuSource({"udp_port": str(port), "expire_s": "1"}), asyncio.Queue[Sighting]()
    running = asyncio.create_task(source.run(seen.put_nowait))
    printer = await make_printer(udp_port=port)
    async with asyncio.timeout(10):
        found = await seen.get()
        assert found == printer.sighting()
        assert source.fact().status is BusStatus.LISTENING
        driver = driver_for(found, **printer.settings)
        assert (await driver.probe()).access is Access.OK
        await driver.close()
        await printer.stop()
        assert not (await seen.get()).present
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_taken_port_is_said() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        source = BambuSource({"udp_port": str(taken.getsockname()[1])})
        running = asyncio.create_task(source.run(lambda _sighting: None))
        async with asyncio.timeout(5):
            while source.fact().status is not BusStatus.FAILED:
                await asyncio.sleep(0.01)
        assert source.fact().reason is not None
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
