"""Who is seen: iPads, as they come and go; nobody's phone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medialab_agent.drivers.apple_ios.identity import key_of, udid_of
from medialab_agent.drivers.apple_ios.simulated.mux import SimulatedMux
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.drivers.apple_ios.source import UsbmuxSource
from medialab_wire.sightings import BusStatus, Sighting


class Eyes:
    """A running source and what it told."""

    def __init__(self, source: UsbmuxSource) -> None:
        self.source, self.seen = source, dict[str, bool]()
        self._news = asyncio.Event()
        self.task = asyncio.create_task(source.run(self._see))

    def _see(self, sighting: Sighting) -> None:
        self.seen[sighting.key] = sighting.present
        self._news.set()

    async def until(self, **expected: bool) -> None:
        async with asyncio.timeout(10):
            while self.seen != {key.replace("_", "-"): value for key, value in expected.items()}:
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def mux(tmp_path: Path) -> AsyncIterator[SimulatedMux]:
    one = SimulatedMux(tmp_path / "mux")
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def eyes(mux: SimulatedMux) -> AsyncIterator[Eyes]:
    one = Eyes(UsbmuxSource({"usbmuxd": str(mux.path)}))
    yield one
    one.task.cancel()
    await asyncio.gather(one.task, return_exceptions=True)


def _ipad(mux: SimulatedMux, serial: str) -> IPadSimulator:
    one = IPadSimulator(serial, is_trusted=False)
    one.mux = mux
    return one


async def test_they_come_and_go(mux: SimulatedMux, eyes: Eyes) -> None:
    first, second = _ipad(mux, "a"), _ipad(mux, "b")
    await first.start()
    await eyes.until(**{first.udid: True})
    await second.start()
    await eyes.until(**{first.udid: True, second.udid: True})
    await first.stop()
    await eyes.until(**{first.udid: False, second.udid: True})
    assert eyes.source.fact().status is BusStatus.LISTENING
    assert eyes.source.fact().seen == 1


async def test_a_restart_of_usbmuxd_is_survived(mux: SimulatedMux, eyes: Eyes) -> None:
    one = _ipad(mux, "a")
    await one.start()
    await eyes.until(**{one.udid: True})
    await mux.stop()
    await eyes.until(**{one.udid: False})
    assert eyes.source.fact().status is BusStatus.ABSENT
    assert eyes.source.fact().remedy is not None
    await mux.start()
    await eyes.until(**{one.udid: True})


async def test_without_usbmuxd_it_says_what_to_install(tmp_path: Path) -> None:
    eyes = Eyes(UsbmuxSource({"usbmuxd": str(tmp_path / "nothing")}))
    await asyncio.sleep(0.1)
    fact = eyes.source.fact()
    assert fact.status is BusStatus.ABSENT and fact.remedy is not None and "usbmuxd" in fact.remedy.de
    eyes.task.cancel()


class Phone:
    """Somebody's phone, charging."""

    udid = "00008110-000A11112222801E"
    product = 0x12A8

    async def serve(self, port: int, stream: object) -> None:
        raise AssertionError("nobody talks to a visitor's phone")

    def listens(self, port: int) -> bool:
        return True


async def test_phones_are_nobodys_business(mux: SimulatedMux, eyes: Eyes) -> None:
    mux.attach(Phone())
    one = _ipad(mux, "a")
    await one.start()
    await eyes.until(**{one.udid: True})


@pytest.mark.parametrize(
    ("serial", "udid"),
    [
        ("00008027000A11112222801E", "00008027-000A11112222801E"),
        ("00008027-000a11112222801e", "00008027-000A11112222801E"),
        ("00008027000A11112222801E\0\0", "00008027-000A11112222801E"),
        ("A" * 40, "a" * 40),
        ("", None),
        ("../../etc/passwd", None),
        ("0" * 41, None),
        ("0000802７000A11112222801E", None),
    ],
)
def test_a_usb_serial_number_is_the_udid(serial: str, udid: str | None) -> None:
    assert udid_of(serial) == udid
    assert key_of(Sighting(source="usb", key="1-1", facts={"serial": serial})) == udid


def test_both_sources_name_the_same_device() -> None:
    usb = Sighting(source="usb", key="1-1", facts={"serial": "00008027000A11112222801E"})
    mux = Sighting(source="usbmux", key="x", facts={"udid": "00008027-000A11112222801E"})
    assert key_of(usb) == key_of(mux) is not None
    assert key_of(Sighting(source="mdns", key="x", facts={"serial": "00008027000A11112222801E"})) is None
