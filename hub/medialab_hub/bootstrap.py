"""The only place that builds the parts of a hub, starts them in order and stops them in order."""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from medialab_hub.adapters import broker as brokers
from medialab_hub.adapters.admin_socket import AdminSocket
from medialab_hub.adapters.admin_socket import Command as AdminCommand
from medialab_hub.adapters.annual_report import AnnualReportPrinter
from medialab_hub.adapters.archive import Exporter
from medialab_hub.adapters.backup import Backups
from medialab_hub.adapters.calendars import CalendarWriter
from medialab_hub.adapters.child import Child
from medialab_hub.adapters.damage_report import DamageReportPrinter
from medialab_hub.adapters.ingest import Ingest, Outlets
from medialab_hub.adapters.labels import LabelPrinter
from medialab_hub.adapters.loan_slip import LoanSlipPrinter
from medialab_hub.adapters.local_agent import agent_command
from medialab_hub.adapters.mqtt import HubLink
from medialab_hub.adapters.sealing import seal
from medialab_hub.adapters.smtp import postman
from medialab_hub.api import server
from medialab_hub.api.app import make_app
from medialab_hub.api.deps import Parts, SystemFacts
from medialab_hub.api.snapshots import Snapshots
from medialab_hub.api.stream import Broadcaster
from medialab_hub.clock import Clock, SystemClock
from medialab_hub.paths import STATIC, DataFolder
from medialab_hub.services.administration import Administration
from medialab_hub.services.admission import Admission
from medialab_hub.services.fleet import FleetEvent, FleetIndex
from medialab_hub.services.mails import MailOptions
from medialab_hub.services.passwords import Passwords
from medialab_hub.services.projection import Changes, Projection
from medialab_hub.settings import VERSION, Settings
from medialab_hub.storage import copies
from medialab_hub.storage.database import Database, is_healthy, open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.writer import Writer
from medialab_hub.workers.attendant import Attendant
from medialab_hub.workers.checker import Checker
from medialab_hub.workers.dispatcher import Dispatcher
from medialab_hub.workers.forgetter import Forgetter
from medialab_hub.workers.keeper import Keeper
from medialab_hub.workers.mailer import Mailer
from medialab_hub.workers.returner import Returner
from medialab_hub.workers.scheduler import Scheduler

log = logging.getLogger(__name__)

WORKER_PAUSE_S = 1.0
"""Before a failed worker is started again."""


class Hub:
    """One running hub."""

    def __init__(self, settings: Settings, *, local_agent: str | None = None, clock: Clock | None = None) -> None:
        """`local_agent` is the subcommand of the agent to run beside the hub; None runs none."""
        self.settings, self._local_agent = settings, local_agent
        self.clock: Clock = clock or SystemClock()
        self.folder = DataFolder(settings.data_dir.absolute())
        self._stack = contextlib.AsyncExitStack()
        self._hearers: list[Callable[[Changes], None]] = []
        self.port = 0

    async def start(self) -> None:
        """Returns when requests are answered. Raises HubError or OSError; call `stop` then, too."""
        started = self.clock.now()
        self.folder.make()
        listening = server.bind(self.settings.http_host, self.settings.http_port)
        self._stack.callback(listening.close)
        self.port = int(listening.getsockname()[1])
        self.broker = brokers.choose(self.settings.mqtt_url, self.folder.broker, [self.settings.agent])
        # Whoever has the database is the hub: only then touch the broker's files.
        self.database = await asyncio.to_thread(open_database, database_url(self.settings, self.folder))
        self._stack.callback(self.database.close)
        self._stack.push_async_callback(self.broker.stop)
        broker_up = asyncio.create_task(self.broker.start())
        self._stack.callback(broker_up.cancel)
        await self._start_storage()
        await broker_up
        await self._start_work()
        await self._start_agent()
        await self._start_web(listening, started)
        await self._start_extras()

    async def stop(self) -> None:
        """Stop everything in the opposite order; open streams end at once."""
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """Address to type on this machine, or the public one."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        host = "127.0.0.1" if self.settings.is_loopback else f"{socket.gethostname().split('.')[0]}.local"
        return f"http://{host}:{self.port}"

    @property
    def _url_for_others(self) -> str | None:
        """The address as other machines may type it; None on a hub that only this machine reaches."""
        return self.url if self.settings.public_url or not self.settings.is_loopback else None

    async def first_link(self) -> str:
        """The link that creates the first admin. Raises Conflict once there is one."""
        return f"{self.url}/setup?token={await self.admission.offer_first_admin_link()}"

    async def _start_storage(self) -> None:
        await _to_its_end(bring_up_to_date, self.database, self.folder)
        self._loop = asyncio.get_running_loop()
        self.reading = Reading(self.database)
        self.projection = Projection(self.clock)
        self.writer = Writer(self.database, self.clock, self.projection, self._hear)
        self.writer.start()
        self._stack.push_async_callback(asyncio.to_thread, self.writer.close)
        self.fleet = await asyncio.to_thread(self.reading, lambda session: FleetIndex.load(session, self.clock.now()))
        self._hearers.append(self.fleet.apply)
        self.broadcaster = Broadcaster(self.fleet.seq)
        self.fleet.listeners.append(self._tell)
        self.admission = Admission(self.writer, self.clock, Passwords())
        await self.admission.load()
        self.admission.listeners.append(self.broadcaster.end_orphans)

    async def _start_work(self) -> None:
        """Messages in and out, and the workers."""
        epoch = secrets.token_hex(8)
        self.link = HubLink(self.broker.access(), epoch, self.clock)
        dispatcher = Dispatcher(self.reading, self.link.publish, self.clock, epoch)
        scheduler = Scheduler(self.writer, self.projection, self.clock)
        outlets = Outlets(self.link.ask, self.link.drop, dispatcher.acknowledge, scheduler.saw)
        ingest = Ingest(self.writer, self.fleet, outlets, self.clock)
        keeper = Keeper(self.writer, ingest.memory.take_readings)
        checker = Checker(self.writer, self.reading, self.fleet)
        self._hearers += [dispatcher.hear, scheduler.hear, ingest.hear]
        self._stack.push_async_callback(keeper.store)
        forgetter = Forgetter(self.writer, self.settings)
        returner = Returner(self.writer, self.reading, self.clock)
        attendant = Attendant(self.writer, self.reading, self.clock, timedelta(hours=self.settings.no_show_h))
        lending = [returner.run, attendant.run, *(mailer.run for mailer in self._mailers())]
        for run in (dispatcher.run, scheduler.run, keeper.run, checker.run, forgetter.run, *lending):
            task = asyncio.create_task(_keep_running(run), name=run.__qualname__)
            self._stack.callback(task.cancel)
        self.link.start(ingest.take, dispatcher.republish)
        self._stack.push_async_callback(self.link.close)

    def _mailers(self) -> list[Mailer]:
        """None without a mail server."""
        if not self.settings.smtp_host:
            return []
        send = postman(self.settings, self.clock).send
        mailer = Mailer(self.writer, self.reading, self.clock, send, MailOptions.of(self.settings))
        self._hearers.append(mailer.hear)
        return [mailer]

    async def _start_agent(self) -> None:
        if self._local_agent is None:
            return
        self.agent = Child(agent_command(self._local_agent, self.settings.agent, self.broker, self.folder))
        await self.agent.start()
        self._stack.push_async_callback(self.agent.stop)

    async def _start_web(self, listening: socket.socket, started: datetime) -> None:
        database, broker = self.database.reader.url.render_as_string(hide_password=True), self.broker.facts
        facts = SystemFacts(VERSION, database, f"{broker.kind} {broker.address}", broker.meaning, started)
        parts = Parts(
            settings=self.settings,
            clock=self.clock,
            writer=self.writer,
            fleet=self.fleet,
            snapshots=Snapshots(self.fleet),
            admission=self.admission,
            broadcaster=self.broadcaster,
            labels=LabelPrinter(self._url_for_others),
            loan_slips=LoanSlipPrinter(),
            annual_reports=AnnualReportPrinter(),
            damage_reports=DamageReportPrinter(),
            calendars=CalendarWriter(),
            exporter=Exporter(self.database, self.folder.root, self.clock),
            facts=facts,
            is_healthy=self._is_healthy,
            static=STATIC,
            reading=self.reading,
            seal=seal,
        )
        web = server.WebServer(make_app(parts), listening)
        self.broadcaster.start()
        await web.start()
        self._stack.push_async_callback(web.stop)
        self._stack.callback(self.broadcaster.close)

    async def _start_extras(self) -> None:
        backups = Backups(self.database, self.folder.backups, self.clock, self.settings.backups_kept)
        admin = AdminSocket(self.folder.admin_socket, self._admin_commands(backups))
        await admin.start()
        self._stack.push_async_callback(admin.stop)
        if self.settings.backup_every_h and self.database.is_sqlite:
            hourly = asyncio.create_task(backups.run(self.settings.backup_every_h), name="backups")
            self._stack.callback(hourly.cancel)
        if self.settings.mdns and not self.settings.is_loopback:
            await self._announce()

    def _admin_commands(self, backups: Backups) -> dict[str, AdminCommand]:
        async def link(_arguments: Mapping[str, Any]) -> dict[str, Any]:
            return {"link": await self.first_link()}

        async def backup(_arguments: Mapping[str, Any]) -> dict[str, Any]:
            return {"file": str(await asyncio.to_thread(backups.make))}

        return {**Administration(self.writer, self.admission).commands(), "link": link, "backup": backup}

    async def _announce(self) -> None:
        from medialab_hub.adapters.mdns import Announcement  # here because most hubs never leave their machine

        announcement = Announcement(self.port, self.url, VERSION)
        try:
            await announcement.start()
        except OSError as error:
            log.warning("the hub cannot be announced in the network: %s", error)
            return
        self._stack.push_async_callback(announcement.stop)

    def _hear(self, news: Changes) -> None:
        self._loop.call_soon_threadsafe(self._take_news, news)

    def _take_news(self, news: Changes) -> None:
        for hear in self._hearers:
            hear(news)
        self.broadcaster.advance(news.seq)

    def _tell(self, event: FleetEvent) -> None:
        self.broadcaster.publish(event.name, event.subject, event.seq, event.data)

    async def _is_healthy(self) -> bool:
        return self.link.is_connected and await asyncio.to_thread(is_healthy, self.database)


async def _to_its_end(work: Callable[..., None], *arguments: object) -> None:
    """Run it in a thread, and wait for it even when cancelled: what it uses must not be closed meanwhile."""
    task = asyncio.create_task(asyncio.to_thread(work, *arguments))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def _keep_running(run: Callable[[], Awaitable[None]]) -> None:
    """A worker that fails is started again: it looks at everything anew."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("a worker failed and is started again")
        await asyncio.sleep(WORKER_PAUSE_S)


def database_url(settings: Settings, folder: DataFolder) -> str:
    """The database the settings ask for."""
    return settings.database_url or f"sqlite:///{folder.database}"


def bring_up_to_date(database: Database, folder: DataFolder) -> None:
    """Migrate a database to the present schema; a backup is written before."""
    if database.is_sqlite:
        found = copies.schema_revision(Path(str(database.reader.url.database)))
        if found == copies.newest_revision():
            return
        if found is not None:
            copies.copy_database(database, folder.backups / f"before-{copies.newest_revision()}.sqlite3")
    migrate(database)


async def administrate(settings: Settings, command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """One command of the administration without a running hub. Raises HubError when another has the database."""
    folder, clock = DataFolder(settings.data_dir.absolute()), SystemClock()
    folder.make()
    database = open_database(database_url(settings, folder))
    writer = Writer(database, clock, lambda _session, _touched, _seq: None, lambda _news: None)
    writer.start()
    try:
        bring_up_to_date(database, folder)
        if command == "backup":
            return {"file": str(Backups(database, folder.backups, clock, settings.backups_kept).make())}
        return await Administration(writer, Admission(writer, clock, Passwords())).commands()[command](arguments)
    finally:
        writer.close()
        database.close()
