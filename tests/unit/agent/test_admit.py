"""What a person entered reaches the driver of that connection, at once, but never in the middle of an order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from medialab_agent.bootstrap import Runtime
from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.settings import Settings
from medialab_hub.adapters.sealing import seal
from medialab_wire.commands import Config
from medialab_wire.reports import Access, Report
from tests.fixtures.waiting import until


class Room:
    """An agent without a line to a hub, and what it reports."""

    def __init__(self, folder: Path) -> None:
        self.reports: list[Report] = []
        settings = Settings("pi", data_dir=folder)
        self.runtime = Runtime(settings, Shelf(only="prusalink"), (), self.reports.append, lambda _report: None)

    @property
    def dev(self) -> str:
        return self.reports[-1].dev

    async def told(self, password: str | None) -> None:
        """As the hub tells it."""
        key = self.runtime.seal_key.public
        sealed = {} if password is None else {self.dev: {"password": seal(key, self.dev, "password", password)}}
        await self.runtime.executor.configure(Config(version=1, sealed=sealed))
        self.runtime.admit()

    async def until(self, access: Access) -> None:
        await until(lambda: bool(self.reports) and self.reports[-1].access is access)


@asynccontextmanager
async def running(folder: Path, printer: PrusaLinkSimulator) -> AsyncIterator[Room]:
    room = Room(folder)
    await room.runtime.start()
    room.runtime.registry.see(printer.sighting())
    try:
        yield room
    finally:
        await room.runtime.close()


@asynccontextmanager
async def simulated() -> AsyncIterator[PrusaLinkSimulator]:
    printer = PrusaLinkSimulator("CZPX0055", password="Zauberwald")
    await printer.start()
    try:
        yield printer
    finally:
        await printer.stop()


async def test_it_opens_the_device_is_kept_over_a_restart_and_forgotten(tmp_path: Path) -> None:
    async with simulated() as printer:
        async with running(tmp_path, printer) as room:
            await room.until(Access.NEEDS_PERSON)
            await room.told("falsch")
            await until(lambda: "nimmt" in (room.reports[-1].help.de if room.reports[-1].help else ""))
            await room.told("Zauberwald")
            await room.until(Access.OK)
        async with running(tmp_path, printer) as again:
            await again.until(Access.OK)
            assert all(report.access is Access.OK for report in again.reports), "no hub was needed for that"
            await again.told(None)
            await again.until(Access.NEEDS_PERSON)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"Zauberwald" in path.read_bytes()]
    assert not kept


async def test_an_order_ends_with_the_access_it_began_with(tmp_path: Path) -> None:
    async with simulated() as printer, running(tmp_path, printer) as room:
        await room.until(Access.NEEDS_PERSON)
        await room.told("Zauberwald")
        await room.until(Access.OK)
        session = room.runtime.registry.session(room.dev)
        assert session is not None
        async with session.reserved():
            await room.told(None)
            with session.at_rest():
                await asyncio.sleep(0.05)
                assert await session.use(lambda driver: driver.report(), 5)
            assert session.link.access == {"password": "Zauberwald"}
        await room.until(Access.NEEDS_PERSON)
        assert session.link.access == {}
