"""Announces a simulated printer by mDNS, as OctoPrint's discovery plugin does."""

import socket

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from medialab_agent.drivers.octoprint.address import SERVICE
from medialab_wire.sightings import Sighting


async def announced(name: str, sighting: Sighting, address: str, port: int) -> AsyncZeroconf:
    """The running announcement; close it to take it back."""
    txt = {key.removeprefix("txt."): value for key, value in sighting.facts.items() if key.startswith("txt.")}
    zeroconf = AsyncZeroconf(interfaces=[address])
    info = ServiceInfo(
        f"{SERVICE}.local.",
        f"{name}.{SERVICE}.local.",
        port=port,
        properties=txt,
        server=f"{sighting.facts['host']}.",
        addresses=[socket.inet_aton(address)],
    )
    await zeroconf.async_register_service(info)
    return zeroconf
