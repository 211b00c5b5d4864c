"""Both peers announce themselves by mDNS in a way the driver's matcher and key understand."""

import asyncio

import pytest
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from medialab_agent.discovery.mdns_facts import facts_of
from medialab_agent.drivers.moonraker.address import SERVICE
from medialab_agent.drivers.moonraker.driver import DRIVER
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import Sighting
from tests.fixtures.driver_session import link


async def heard(interface: str, wanted: str) -> Sighting:
    """The first announcement on one interface whose name contains the word."""
    names: asyncio.Queue[str] = asyncio.Queue()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        names.put_nowait(name)

    zeroconf = AsyncZeroconf(interfaces=[interface])
    browser = AsyncServiceBrowser(zeroconf.zeroconf, f"{SERVICE}.local.", handlers=[changed])
    try:
        async with asyncio.timeout(60):
            while wanted not in (name := await names.get()):
                pass
            info = AsyncServiceInfo(f"{SERVICE}.local.", name)
            assert await info.async_request(zeroconf.zeroconf, 5000)
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()
    facts = facts_of(name, SERVICE, info.server, info.parsed_addresses(), info.port, info.properties)
    return Sighting(source="mdns", key=name, facts=facts)


async def test_the_simulator_announces_what_it_says_it_does() -> None:
    simulator = MoonrakerSimulator("mr-mdns", announce=True)
    await simulator.start()
    try:
        sighting = await heard("127.0.0.1", "mr-mdns")
        assert sighting.facts == simulator.sighting().facts
    finally:
        await simulator.stop()
    with pytest.raises(DeviceTrouble):
        await DRIVER(link(sighting)).probe()
