"""Announces the hub in the local network, so that nobody has to type an address."""

import socket
from urllib.parse import urlsplit

from zeroconf import InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

SERVICE = "_medialab._tcp.local."
"""DNS-SD type of the hub (RFC 6763)."""


class Announcement:
    """One announced hub."""

    def __init__(self, port: int, url: str, version: str, *, interfaces: list[str] | None = None) -> None:
        """`interfaces` are addresses to announce on; None takes all of this machine."""
        name = socket.gethostname().split(".")[0]
        self._interfaces = interfaces
        self._info = ServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            port=port,
            server=f"{name}.local.",
            properties={"url": url, "version": version, "path": urlsplit(url).path or "/"},
            parsed_addresses=interfaces or _own_addresses(),
        )
        self._zeroconf: AsyncZeroconf | None = None

    async def start(self) -> None:
        """Announce. Raises OSError when there is no network."""
        self._zeroconf = AsyncZeroconf(interfaces=self._interfaces or InterfaceChoice.All)
        await self._zeroconf.async_register_service(self._info, allow_name_change=True)

    async def stop(self) -> None:
        """Take it back."""
        if self._zeroconf is not None:
            await self._zeroconf.async_unregister_service(self._info)
            await self._zeroconf.async_close()


def _own_addresses() -> list[str]:
    found = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks the kernel which address leaves this machine
            found.add(str(probe.getsockname()[0]))
        except OSError:
            pass
    return sorted(found) or ["127.0.0.1"]
