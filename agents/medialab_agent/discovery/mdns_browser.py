"""Browses DNS-SD on given addresses: every service type that is announced, every service of each."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from medialab_agent.discovery.mdns_facts import META_TYPE, facts_of, service_type

log = logging.getLogger(__name__)

MOST_TYPES = 128
"""Service types browsed at once; a flood of invented types stops here."""

MOST_SERVICES = 1024
"""Services resolved at once and followed; a flood of invented services stops here."""

RESOLVE_MS = 3000
RESOLVE_TRIES = 3

Seen = Callable[[str, dict[str, str]], None]
Gone = Callable[[str], None]


class MdnsBrowser:
    """One zeroconf instance on fixed addresses. Calls `seen(full name, facts)` and `gone(full name)` on the loop."""

    def __init__(self, addresses: Iterable[str], seen: Seen, gone: Gone) -> None:
        """Opens the sockets. Raises OSError when multicast is not possible, ImportError without zeroconf."""
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        self._zeroconf = AsyncZeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)
        self._seen, self._gone = seen, gone
        self._types: set[str] = set()
        self._resolving: dict[str, asyncio.Task[None]] = {}
        self._followed: set[str] = set()
        self._gate = asyncio.Semaphore(16)

    async def start(self, types: Iterable[str]) -> None:
        """Begin with these types and with the question which others there are."""
        from zeroconf.asyncio import AsyncServiceBrowser

        await self._zeroconf.zeroconf.async_wait_for_start()
        for kind in types:
            self._browse(kind)
        AsyncServiceBrowser(self._zeroconf.zeroconf, META_TYPE, handlers=[self._on_type])

    async def close(self) -> None:
        """Close sockets and end all tasks; says nothing more."""
        tasks = list(self._resolving.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._zeroconf.async_close()

    def _browse(self, kind: str) -> None:
        from zeroconf.asyncio import AsyncServiceBrowser

        if kind in self._types or len(self._types) >= MOST_TYPES:
            return
        self._types.add(kind)
        AsyncServiceBrowser(self._zeroconf.zeroconf, f"{kind}.local.", handlers=[self._on_service])

    def _on_type(self, **about: Any) -> None:
        kind = service_type(about["name"])
        if kind and about["state_change"].name != "Removed":
            self._browse(kind)

    def _on_service(self, **about: Any) -> None:
        kind, name = service_type(about["service_type"]), about["name"]
        if kind is None:
            return
        if about["state_change"].name == "Removed":
            self._drop(name)
        elif name in self._followed or len(self._followed) < MOST_SERVICES:
            self._follow(name, kind)

    def _drop(self, name: str) -> None:
        self._followed.discard(name)
        task = self._resolving.pop(name, None)
        if task:
            task.cancel()
        self._gone(name)

    def _follow(self, name: str, kind: str) -> None:
        self._followed.add(name)
        earlier = self._resolving.pop(name, None)
        if earlier:
            earlier.cancel()
        task = asyncio.create_task(self._resolve(name, kind))
        self._resolving[name] = task
        task.add_done_callback(lambda done: self._resolved(name, done))

    def _resolved(self, name: str, task: asyncio.Task[None]) -> None:
        if self._resolving.get(name) is task:
            del self._resolving[name]
        if not task.cancelled() and task.exception():
            log.warning("A network service could not be read: %r", name, exc_info=task.exception())

    async def _resolve(self, name: str, kind: str) -> None:
        from zeroconf import Error
        from zeroconf.asyncio import AsyncServiceInfo

        for _ in range(RESOLVE_TRIES):
            try:
                info = AsyncServiceInfo(f"{kind}.local.", name)
                async with self._gate:
                    answered = await info.async_request(self._zeroconf.zeroconf, RESOLVE_MS)
            except Error:
                log.info("A network service has an unusable name: %r", name)
                return
            if answered:
                self._seen(name, facts_of(name, kind, info.server, info.parsed_addresses(), info.port, info.properties))
                return
