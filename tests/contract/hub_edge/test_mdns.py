"""The hub can be found in the network by those who look for `_medialab._tcp`."""

import asyncio

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from medialab_hub.adapters.mdns import SERVICE, Announcement


async def test_it_is_announced_and_taken_back() -> None:
    announcement = Announcement(8080, "http://hub.local:8080", "1.2", interfaces=["127.0.0.1"])
    await announcement.start()
    looking = AsyncZeroconf(interfaces=["127.0.0.1"])
    name = announcement._info.name
    try:
        info = AsyncServiceInfo(SERVICE, name)
        assert await info.async_request(looking.zeroconf, 5000)
        assert info.port == 8080
        assert info.decoded_properties["url"] == "http://hub.local:8080"
    finally:
        await announcement.stop()
        await asyncio.sleep(0.1)
        await looking.async_close()
