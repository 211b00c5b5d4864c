"""Our client speaks to Debian's own usbmuxd: no iPad is attached, but its protocol is its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medialab_agent.drivers.apple_ios.mux import Mux, MuxDevice
from medialab_agent.drivers.apple_ios.source import UsbmuxSource
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.sightings import BusStatus, Sighting

pytestmark = [pytest.mark.peers, pytest.mark.root]
UDID = "00008027-000A11112222801E"
_ALONE = "mount -t tmpfs none /run && mount -t tmpfs none /var/lib && exec usbmuxd --foreground --no-preflight"
"""Its socket, its lock and its records have fixed places: it gets places of its own."""


@pytest.fixture
async def usbmuxd() -> AsyncIterator[str]:
    """The path of its socket."""
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "--propagation", "private", "sh", "-c", _ALONE),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(20):
            while b"Initialization complete" not in (line := await process.stderr.readline()):
                assert line, "usbmuxd did not start"
        yield str(Path("/proc", str(process.pid), "root", "run", "usbmuxd"))  # as it sees its own files
    finally:
        process.terminate()
        await process.communicate()


async def test_its_list_is_empty_and_it_knows_this_computer(usbmuxd: str) -> None:
    mux = Mux(usbmuxd)
    assert await mux.devices() == ()
    assert len(await mux.buid()) >= 26
    assert await Mux(f"UNIX:{usbmuxd}").devices() == ()


async def test_it_keeps_records_as_we_wrote_them(usbmuxd: str) -> None:
    mux = Mux(usbmuxd)
    assert await mux.pair_record(UDID) is None
    record = {"HostID": "A-1", "SystemBUID": "b", "HostCertificate": b"-----BEGIN", "HostPrivateKey": b"key"}
    await mux.save_pair_record(MuxDevice(1, UDID, 0x12AB, 0), record)
    kept = await mux.pair_record(UDID)
    assert kept is not None
    assert {name: kept[name] for name in record} == record


async def test_nothing_can_be_connected_to(usbmuxd: str) -> None:
    with pytest.raises(Unreachable, match="usbmuxd 2"):
        await Mux(usbmuxd).connect(MuxDevice(1, UDID, 0x12AB, 0), 62078)


async def test_the_source_listens(usbmuxd: str) -> None:
    seen: list[Sighting] = []
    source = UsbmuxSource({"usbmuxd": usbmuxd})
    running = asyncio.create_task(source.run(seen.append))
    async with asyncio.timeout(10):
        while source.fact().status is not BusStatus.LISTENING:
            await asyncio.sleep(0.02)
    assert (seen, running.done()) == ([], False)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
