"""The simulated iPads satisfy Debian's libimobiledevice tools, which were not written for them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.mux import Mux
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator, open_scene
from medialab_agent.sdk.simulator import Fault

pytestmark = pytest.mark.peers


class Bench:
    """Simulated iPads, and the tools of libimobiledevice pointed at them."""

    def __init__(self, settings: dict[str, str], *ipads: IPadSimulator) -> None:
        self.ipads, self.mux = ipads, Mux.from_settings(settings)
        self._environment = os.environ | {"USBMUXD_SOCKET_ADDRESS": f"UNIX:{settings['usbmuxd']}"}

    async def run(self, *words: str) -> tuple[int, str]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *words, stdout=pipe, stderr=asyncio.subprocess.STDOUT, env=self._environment
        )
        async with asyncio.timeout(20):
            said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        ipads = IPadSimulator("known"), IPadSimulator("new", is_trusted=False), IPadSimulator("shut", {Fault.LOCKED})
        yield Bench(dict(await open_scene(stack, ipads)), *ipads)


async def test_they_are_listed(bench: Bench) -> None:
    code, said = await bench.run("idevice_id", "-l")
    assert code == 0
    assert set(said.split()) == {ipad.udid for ipad in bench.ipads}


async def test_values_are_read_over_tls(bench: Bench) -> None:
    known = bench.ipads[0]
    code, said = await bench.run("ideviceinfo", "-u", known.udid)
    assert code == 0
    values = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    assert values["SerialNumber"] == known.state.serial
    assert values["ActivationState"] == "Activated"
    _, said = await bench.run("ideviceinfo", "-u", known.udid, "-q", "com.apple.mobile.battery")
    assert "BatteryCurrentCapacity: 81" in said


async def test_strangers_read_what_everybody_may(bench: Bench) -> None:
    code, said = await bench.run("ideviceinfo", "-s", "-u", bench.ipads[1].udid)
    assert code == 0
    assert "ProductType: iPad13,18" in said
    assert "SerialNumber" not in said


async def test_apps_are_listed_and_removed(bench: Bench) -> None:
    known = bench.ipads[0]
    _, said = await bench.run("ideviceinstaller", "-u", known.udid, "-l")
    assert "org.scratchjr.ipad" in said
    code, said = await bench.run("ideviceinstaller", "-u", known.udid, "-U", "org.scratchjr.ipad")
    assert code == 0 and "Complete" in said
    assert "org.scratchjr.ipad" not in known.state.apps


async def test_a_restart_is_taken(bench: Bench) -> None:
    known = bench.ipads[0]
    code, said = await bench.run("idevicediagnostics", "-u", known.udid, "restart")
    assert (code, said.strip()) == (0, "Restarting device.")
    assert [effect.verb for effect in known.log] == ["restart"]


async def test_their_pairing_serves_us(bench: Bench) -> None:
    new = bench.ipads[1]
    _, said = await bench.run("idevicepair", "-u", new.udid, "pair")
    assert "accept the trust dialog" in said
    new.consent()
    code, said = await bench.run("idevicepair", "-u", new.udid, "pair")
    assert code == 0 and "Paired" in said
    async with IPad(bench.mux, new.udid).session() as session:
        assert await session.door.value("SerialNumber") == new.state.serial


async def test_our_pairing_serves_them(bench: Bench) -> None:
    new = bench.ipads[1]
    assert await IPad(bench.mux, new.udid).pair(lambda _is_locked: new.consent())
    code, said = await bench.run("idevicepair", "-u", new.udid, "validate")
    assert code == 0 and "Validated" in said
    code, said = await bench.run("ideviceinfo", "-u", new.udid, "-k", "SerialNumber")
    assert (code, said.strip()) == (0, new.state.serial)


async def test_after_an_erase_they_are_strangers_to_everybody(bench: Bench) -> None:
    known = bench.ipads[0]
    known.state.erase()
    known.state.setup_done = True
    _, said = await bench.run("idevicepair", "-u", known.udid, "validate")
    assert "Validated" not in said


async def test_a_locked_one_says_so(bench: Bench) -> None:
    code, said = await bench.run("ideviceinstaller", "-u", bench.ipads[2].udid, "-l")
    assert code != 0
    assert "Could not start" in said
