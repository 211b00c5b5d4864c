"""A host announces several services, one after the other: those beside a driver's own are that device, not another."""

import asyncio
from typing import Protocol

from medialab_wire.sightings import Sighting

WAIT_S = 3.0
"""Seconds an announced service nobody claims is held back. A host registers its services within about a second each
(RFC 6762, section 8: three probes 250 ms apart, then two announcements a second apart)."""
MOST_HOSTS, MOST_HELD = 2_000, 500
"""Remembered at most, so that a noisy or hostile network fills no memory; what is too much is not held back."""

Slot = tuple[str, str]


class Claims(Protocol):
    """What is needed of the registry."""

    def see(self, sighting: Sighting) -> None:
        """Take one sighting."""

    def is_claimed(self, sighting: Sighting) -> bool:
        """Whether a driver claims it."""


class Siblings:
    """Stands between the sources and the registry. A host one of whose services a driver claims is that driver's
    device for as long as this agent runs; its other services are not shown."""

    def __init__(self, registry: Claims, wait_s: float = WAIT_S) -> None:
        self._registry, self._wait_s = registry, wait_s
        self._hosts: dict[str, None] = {}
        self._held: dict[Slot, Sighting] = {}
        self._shown: dict[Slot, Sighting] = {}

    def see(self, sighting: Sighting) -> None:
        """Take one sighting from any source; on the event loop's thread."""
        slot, host = (sighting.source, sighting.key), host_of(sighting)
        if not sighting.present:
            self._held.pop(slot, None)
            self._shown.pop(slot, None)
            self._registry.see(sighting)
        elif not host:
            self._registry.see(sighting)
        elif self._registry.is_claimed(sighting):
            self._registry.see(sighting)
            self._take_over(host)
        elif host not in self._hosts:
            self._hold(slot, sighting)

    def _take_over(self, host: str) -> None:
        self._hosts.setdefault(host)
        if len(self._hosts) > MOST_HOSTS:
            del self._hosts[next(iter(self._hosts))]
        for slot in [slot for slot, shown in self._shown.items() if host_of(shown) == host]:
            self._registry.see(self._shown.pop(slot).model_copy(update={"present": False}))

    def _hold(self, slot: Slot, sighting: Sighting) -> None:
        if slot in self._shown or len(self._held) >= MOST_HELD:
            self._show(slot, sighting)
            return
        if slot not in self._held:
            asyncio.get_running_loop().call_later(self._wait_s, self._due, slot)
        self._held[slot] = sighting

    def _due(self, slot: Slot) -> None:
        sighting = self._held.pop(slot, None)
        if sighting is not None and host_of(sighting) not in self._hosts:
            self._show(slot, sighting)

    def _show(self, slot: Slot, sighting: Sighting) -> None:
        self._shown[slot] = sighting
        self._registry.see(sighting)


def host_of(sighting: Sighting) -> str:
    """The host that announces it by mDNS; empty for everything else."""
    facts = sighting.facts
    return (facts.get("host") or facts.get("address") or "").lower() if sighting.source == "mdns" else ""
