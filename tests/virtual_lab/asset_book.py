"""The whole road from a USB port to a device's page: a real hub on the host beside the agent in the guest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.fixtures.hubs import running_hub
from tests.virtual_lab.vm import Vm

SHOWN_S = 120.0
"""Seconds until the hub must show something; it means nothing else."""
Row = dict[str, Any]


class AssetBook:
    """What the hub's API says of its devices."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def rows(self) -> list[Row]:
        """Every device in short."""
        answer = await self._http.get("/api/v1/devices", params={"limit": 500})
        return list(answer.raise_for_status().json()["items"])

    async def one(self, asset: str) -> Row:
        """Everything about one."""
        answer = await self._http.get(f"/api/v1/devices/{asset}")
        found: Row = answer.raise_for_status().json()
        return found

    async def until(self, asset: str, holds: Callable[[Row], bool]) -> Row:
        """Everything about one, as soon as this holds."""
        found: Row = {}
        try:
            async with asyncio.timeout(SHOWN_S):
                while not found or not holds(found):
                    found = await self.one(asset)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"it does not come true: {found}") from None
        return found

    async def take_in(self, holds: Callable[[Row], bool]) -> Row:
        """Wait for the one present device for which this holds, adopt it, and give everything about it."""
        found: list[Row] = []
        async with asyncio.timeout(SHOWN_S):
            while not found:
                rows = await self.rows()
                found = [row for row in rows if row["presence"] == "present" and holds(row)]
                await asyncio.sleep(0.05)
        (row,) = found
        body = {"devices": [{"device": row["id"]}], "record_baseline": False}
        (await self._http.post("/api/v1/adoptions", json=body)).raise_for_status()
        return await self.until(row["id"], lambda told: bool(told["adopted"]))


def places(row: Row) -> set[str]:
    """Where it is plugged in, as the hub tells it."""
    return {one["value"] for one in row["identities"] if one["kind"] == "place"}


@asynccontextmanager
async def asset_book(vm: Vm, folder: Path) -> AsyncIterator[AssetBook]:
    """A hub with an empty book, at the guest's broker."""
    settings = {"mqtt_url": f"mqtt://127.0.0.1:{vm.ports['broker']}", "mdns": False}
    with running_hub(folder, **settings) as hub:
        token = await asyncio.to_thread(hub.token, "admin")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=hub.hub.url, headers=headers, timeout=20) as http:
            yield AssetBook(http)
