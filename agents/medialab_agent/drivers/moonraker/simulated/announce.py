"""Announces a simulated printer by mDNS, as Moonraker's zeroconf component does."""

import socket

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from medialab_agent.drivers.moonraker.address import SERVICE
from medialab_wire.sightings import Sighting


async def announced(sighting: Sighting, address: str, port: int) -> AsyncZeroconf:
    """The running announcement; close it to take it back."""
    txt = {key.removeprefix("txt."): value for key, value in sighting.facts.items() if key.startswith("txt.")}
    zeroconf = AsyncZeroconf(interfaces=[address])
    info = ServiceInfo(
        f"{SERVICE}.local.",
        sighting.key,
        port=port,
        properties={**txt, "https_port": "", "route_prefix": ""},
        server=f"{sighting.facts['host']}.",
        addresses=[socket.inet_aton(address)],
    )
    await zeroconf.async_register_service(info)
    return zeroconf
