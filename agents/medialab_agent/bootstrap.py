"""The only place where the agent's parts are made and put together."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from uuid import uuid4

from medialab_agent.discovery.manual import ManualSource
from medialab_agent.link.line import Line, Presence
from medialab_agent.link.outbox import Outbox
from medialab_agent.link.seal_key import FILE, SealKey
from medialab_agent.runtime.database import Database
from medialab_agent.runtime.executor import Executor, Limits
from medialab_agent.runtime.journal import Journal
from medialab_agent.runtime.matcher import score
from medialab_agent.runtime.memory import Memories
from medialab_agent.runtime.registry import Registry
from medialab_agent.runtime.shelf import BrokenDriver, Shelf
from medialab_agent.runtime.siblings import Siblings
from medialab_agent.sdk.bluetooth import parted
from medialab_agent.sdk.source import Source
from medialab_agent.settings import Settings
from medialab_wire.commands import Config, NextWork
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Inventory, Report
from medialab_wire.session import Broker
from medialab_wire.sightings import Sighting

log = logging.getLogger(__name__)

JOURNAL = "agent.sqlite"
"""The database's file name in the data folder."""
PARTING_S = 2.0
"""Seconds the end of the agent waits for Bluetooth connections that are ending; BlueZ takes about as long."""
LOOK_S = 5.0
"""Seconds between two looks at whether the inventory changed."""
SETTLE_S = 30.0
"""Seconds after its start until the agent says that what it used to command is gone: sources need time to find it."""


def version() -> str:
    """The installed version of this distribution."""
    return metadata.version("medialab-hub")


def sources_of(settings: Settings, shelf: Shelf) -> tuple[Source, ...]:
    """The sources the settings ask for, and those that drivers bring."""
    return (*bus_sources(settings, shelf), *driver_sources(settings, shelf))


def driver_sources(settings: Settings, shelf: Shelf) -> tuple[Source, ...]:
    """Sources that drivers bring themselves; a broken one is stated and left out."""
    found = []
    for folder in list(shelf):
        try:
            source = folder.source(settings.driver(folder.id))
        except BrokenDriver as error:
            shelf.condemn(folder.id, str(error))
            continue
        if source is not None:
            found.append(source)
    return tuple(found)


def bus_sources(settings: Settings, shelf: Shelf) -> tuple[Source, ...]:
    """The sources the settings ask for; a bus library is imported only when its bus is wanted."""
    found: list[Source] = []
    if "usb" in settings.sources:
        from medialab_agent.discovery.usb import UsbSource

        found.append(UsbSource())
    if "ble" in settings.sources:
        from medialab_agent.discovery.ble import BleSource

        found.append(BleSource(wanted=wanted_by_drivers(shelf)))
    if "mdns" in settings.sources:
        from medialab_agent.discovery.mdns import MdnsSource
        from medialab_agent.discovery.mdns_facts import types_of

        found.append(MdnsSource(types_of(shelf.manifests)))
    if "manual" in settings.sources:
        found.append(ManualSource())
    return tuple(found)


def wanted_by_drivers(shelf: Shelf) -> Callable[[Sighting], bool]:
    """Whether a driver's manifest fits a Bluetooth device; what does not is nobody's business."""
    matchers = [one for manifest in shelf.manifests for one in manifest.matchers if one.source == "ble"]
    return lambda sighting: any(score(matcher, sighting) is not None for matcher in matchers)


class Runtime:
    """Everything but the line to the hub: sources, registry, executor, journal."""

    def __init__(
        self,
        settings: Settings,
        shelf: Shelf,
        sources: Sequence[Source],
        on_report: Callable[[Report], None],
        on_execution: Callable[[ExecutionReport], None],
        limits: Limits | None = None,
    ) -> None:
        self.shelf, self.sources = shelf, tuple(sources)
        self._database = Database(settings.data_dir / JOURNAL)
        self.journal = Journal(self._database)
        self.seal_key = SealKey(settings.data_dir / FILE)
        self._sealed: Mapping[str, Mapping[str, str]] = {}
        memories = Memories(self._database)
        self.registry = Registry(shelf, memories.of, settings.driver, on_report)
        self._siblings = Siblings(self.registry)
        limits = limits or Limits(parallel=settings.max_parallel)
        self.executor = Executor(self.journal, self.registry, on_execution, lambda: datetime.now(UTC), limits)
        self._listening: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Go on with journaled work and listen to the sources."""
        await self.executor.start()
        self.admit()
        self._listening = [asyncio.create_task(self._listen(source)) for source in self.sources]

    def admit(self) -> None:
        """Open what people entered for devices, by the last configuration, and hand it to their drivers."""
        if self._sealed != self.executor.config.sealed:
            self._sealed = self.executor.config.sealed
            self.registry.admit(self.seal_key.open_all(self._sealed))

    async def close(self) -> None:
        """Stop listening, halt devices at work, close sessions and the journal."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self.executor.close()
        await self.registry.close()
        await parted(PARTING_S)
        await asyncio.to_thread(self._database.close)

    async def _listen(self, source: Source) -> None:
        """A source never ends; when it does by a defect, it starts again and the others go on."""
        while True:
            try:
                await source.run(self._siblings.see)
            except Exception:
                log.exception("The source %s failed; trying again", source.name)
            await asyncio.sleep(LOOK_S)


class Agent:
    """The whole agent; `run` returns after a stop was asked for. `hear` is told every execution report, too."""

    def __init__(
        self,
        settings: Settings,
        shelf: Shelf,
        sources: Sequence[Source],
        hear: Callable[[ExecutionReport], None] = lambda _report: None,
    ) -> None:
        self._host = socket.gethostname()
        self._hear = hear
        self._began = time.monotonic()
        self._outbox = Outbox(settings.agent_id)
        self._runtime = Runtime(settings, shelf, sources, self._on_report, self._on_execution)
        self._inventory = self._take_stock()
        presence = Presence(
            agent=settings.agent_id,
            boot=uuid4().hex,
            version=version(),
            host=self._host,
            births=self._runtime.journal.next_birth,
            inventory=lambda: self._inventory.version,
            seal_key=self._runtime.seal_key.public,
        )
        self._line = Line(_broker(settings), presence, self._outbox, self)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then leave within about three seconds."""
        async with AsyncExitStack() as stack:
            await self._runtime.start()
            stack.push_async_callback(self._runtime.close)
            self._inventory = self._take_stock()
            self._outbox.inventory(self._inventory, time.monotonic())
            self._line.open()
            stack.push_async_callback(self._line.close, 0.5)
            watching = asyncio.create_task(self._watch_inventory())
            stack.callback(watching.cancel)
            await stop.wait()

    async def configure(self, config: Config) -> None:
        """See `Desk`."""
        if not await self._runtime.executor.configure(config):
            return
        self._runtime.registry.choose(config.choices)
        self._runtime.admit()
        for source in self._runtime.sources:
            if isinstance(source, ManualSource):
                source.set(config.manual)

    async def work(self, work: NextWork) -> None:
        """See `Desk`."""
        executor = self._runtime.executor
        await executor.take(work.executions)
        executor.answer(work.answers)
        executor.cancel(work.cancel)
        await self._runtime.journal.acknowledged(work.acked)

    async def repeat(self) -> None:
        """See `Desk`."""
        self._runtime.executor.repeat()
        for report in await self._runtime.journal.unacked():
            self._on_execution(report)

    def _on_report(self, report: Report) -> None:
        self._outbox.report(report, time.monotonic())
        self._line.wake()

    def _on_execution(self, report: ExecutionReport) -> None:
        self._outbox.execution(report, time.monotonic())
        self._line.wake()
        self._hear(report)

    async def _watch_inventory(self) -> None:
        while True:
            inventory = self._take_stock()
            if inventory.version != self._inventory.version:
                self._inventory = inventory
                self._outbox.inventory(inventory, time.monotonic())
                self._line.wake()
            await asyncio.sleep(LOOK_S)

    def _take_stock(self) -> Inventory:
        """The version is a hash of everything but how many things each source sees, which changes all the time."""
        runtime = self._runtime
        facts = [source.fact() for source in runtime.sources]
        awaited = runtime.executor.owned if time.monotonic() - self._began < SETTLE_S else frozenset()
        inventory = Inventory(
            version="",
            host=self._host,
            drivers=runtime.shelf.manifests,
            buses=(*facts, *runtime.shelf.facts()),
            devices=tuple(sorted(awaited.union(runtime.registry.devices))),
        )
        buses = tuple(bus.model_copy(update={"seen": 0}) for bus in inventory.buses)
        steady = inventory.model_copy(update={"buses": buses})
        return inventory.model_copy(update={"version": sha256(steady.encode()).hexdigest()[:16]})


def _broker(settings: Settings) -> Broker:
    return Broker(
        settings.mqtt_url,
        settings.agent_id,
        settings.mqtt_user,
        settings.mqtt_password,
        settings.mqtt_ca,
        settings.mqtt_cert,
        settings.mqtt_key,
    )


def prepare_data_dir(settings: Settings) -> None:
    """Make the data folder, readable by its owner only. Raises OSError."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(settings.data_dir, os.W_OK):
        raise PermissionError(f"{settings.data_dir}: not writable")
