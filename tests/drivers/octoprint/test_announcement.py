"""Both peers announce themselves by mDNS in a way the driver's matcher and key understand."""

import asyncio

import pytest
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from medialab_agent.discovery.mdns_facts import facts_of
from medialab_agent.drivers.octoprint.address import SERVICE
from medialab_agent.drivers.octoprint.driver import DRIVER, MANIFEST
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.runtime.matcher import candidates
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.reports import Access
from medialab_wire.sightings import Sighting
from tests.fixtures.driver_session import link
from tests.peers.octoprint.rig import OctoPrintPeer


async def heard(interface: str, wanted: str = "") -> Sighting:
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


@pytest.mark.peers
async def test_the_real_announcement_leads_to_the_real_printer(octoprint: OctoPrintPeer) -> None:
    sighting = await heard(octoprint.here, octoprint.hostname if octoprint.cable else "")
    assert sighting.facts["txt.version"] == "1.11.8"
    assert [found.driver for found in candidates(sighting, [MANIFEST])] == ["octoprint"]
    assert DRIVER.key(sighting) == f"octoprint-{sighting.facts['txt.uuid']}"
    driver = DRIVER(link(sighting))
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.identities[0].value == sighting.facts["txt.uuid"]
    await driver.close()


async def test_the_simulator_announces_what_it_says_it_does() -> None:
    simulator = OctoPrintSimulator("op-mdns", name="Drucker Eule", announce=True)
    await simulator.start()
    try:
        sighting = await heard("127.0.0.1", "Drucker Eule")
        assert sighting.facts == simulator.sighting().facts
    finally:
        await simulator.stop()
    with pytest.raises(DeviceTrouble):
        await DRIVER(link(sighting)).probe()
