"""bleak's client for BlueZ, with patience: a busy BlueZ answers before it tells everybody what it has answered."""

import asyncio
from typing import Any

from bleak.backends.bluezdbus.client import BleakClientBlueZDBus
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.service import BleakGATTServiceCollection

LOOK_S, LOOKS = 0.05, 40
"""Seconds between two looks at what BlueZ has told, and how many there are at most."""


class PatientClient(BleakClientBlueZDBus):
    """BlueZ's answer to Connect may come before its word that the device is connected, which bleak takes for a device
    that hung up; and its word that all services are found before the services (bluez/bluez, issue 1489)."""

    async def _get_services(self, dangerous_use_bleak_cache: bool = False, **kwargs: Any) -> BleakGATTServiceCollection:
        """bleak's own, between two waits: until the device counts as connected, then until two looks show the same."""
        manager = await get_global_bluez_manager()
        path = self._device_path or ""
        for _ in range(LOOKS):
            if manager.is_connected(path):
                break
            await asyncio.sleep(LOOK_S)
        services = await super()._get_services(dangerous_use_bleak_cache, **kwargs)
        for _ in range(LOOKS):
            before = len(services.characteristics)
            await asyncio.sleep(LOOK_S)
            self.services = services = await manager.get_services(path, use_cached=False, requested_services=None)
            if before and before == len(services.characteristics):
                break
        return services
