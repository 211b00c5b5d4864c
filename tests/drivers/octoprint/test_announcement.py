"""Both peers announce themselves by mDNS in a way the driver's matcher and key understand."""

import asyncio

import pytest
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.reports import Access
from medialab_wire.sightings import Sighting
from tests.drivers.octoprint.session import link
from tests.peers.octoprint.rig import OctoPrintPeer

SERVICE = "_octoprint._tcp.local."


async def heard(interface: str, wanted: str = "") -> Sighting:
    """The first announcement on one interface whose name contains the word."""
    names: asyncio.Queue[str] = asyncio.Queue()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        names.put_nowait(name)

    zeroconf = AsyncZeroconf(interfaces=[interface])
    browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[changed])
    try:
        async with asyncio.timeout(60):
            while wanted not in (name := await names.get()):
                pass
            info = AsyncServiceInfo(SERVICE, name)
            assert await info.async_request(zeroconf.zeroconf, 5000)
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()
    txt = {f"txt.{key}": value or "" for key, value in info.decoded_properties.items()}
    here = {"type": SERVICE, "name": name, "host": info.server or "", "port": str(info.port)}
    return Sighting(source="mdns", key=name, facts={**here, "address": info.parsed_addresses()[0], **txt})


@pytest.mark.peers
async def test_the_real_announcement_leads_to_the_real_printer(octoprint: OctoPrintPeer) -> None:
    sighting = await heard(octoprint.here, octoprint.hostname if octoprint.cable else "")
    assert sighting.facts["txt.version"] == "1.11.8"
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
