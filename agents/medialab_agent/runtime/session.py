"""One connection to one device: probes, reads, reports; lends its driver to one order at a time."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

from medialab_agent.runtime import reporting, troubles
from medialab_agent.runtime.deadline import DeadlinePassed, bounded
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Probe, Reading
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import Trouble
from medialab_wire.reports import Access, Presence, Report
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

READING_S = 10.0
"""Seconds a probe or a reading may take, unless the driver says otherwise."""
FIRST_RETRY_S = 2.0
"""Seconds until a device that did not answer is asked again; doubles up to the driver's own interval."""
PERSON_S = 3.0
"""Seconds between two looks at whether somebody has allowed access at the device."""
WATCH_REST_S = 5.0
"""Seconds before a broken watch is taken up again."""

T = TypeVar("T")


class DeviceSession:
    """The only caller of one driver instance. `publish` gets every report that differs from the last one."""

    def __init__(
        self,
        dev: str,
        manifest: DriverManifest,
        make: Callable[[DeviceLink], Driver],
        link: DeviceLink,
        publish: Callable[[Report], None],
    ) -> None:
        self.dev, self.manifest, self.link = dev, manifest, link
        self._make, self._publish = make, publish
        self._driver: Driver | None = None
        self._probe: Probe | None = None
        self._last: Report | None = None
        self._turn = asyncio.Lock()
        self._order = asyncio.Lock()
        self._fresh = asyncio.Event()
        self._is_at_work = False
        self._access: Mapping[str, str] = link.access
        self._failures = 0
        self._looking: asyncio.Task[Report] | None = None
        self._life: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None
        self._before: DeviceSession | None = None
        self._heir: DeviceSession | None = None

    @property
    def is_reserved(self) -> bool:
        """True while an order has the device."""
        return self._order.locked()

    @property
    def is_seen(self) -> bool:
        """True while discovery sees it somewhere."""
        return any(sighting.present for sighting in self.link.sightings)

    def start(self) -> None:
        """Begin to read."""
        self._life = asyncio.create_task(self._live(), name=f"session-{self.dev}")

    async def close(self) -> None:
        """Stop reading and let the driver release what it holds. Never raises."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        await self._discard()

    def seen(self, sightings: tuple[Sighting, ...]) -> None:
        """What discovery knows about it now."""
        self.link.sightings = sightings
        self.refresh()

    def leave(self) -> None:
        """Another session gets the device. This one says at once that it has it no longer; an order may still end."""
        self._interrupt()
        self._tell_absence()
        self.refresh()

    def follow(self, other: "DeviceSession") -> None:
        """Do not begin before that session, which is leaving, has let go."""
        self._before, other._heir = other, self

    def refresh(self) -> None:
        """Take a reading soon."""
        self._fresh.set()

    def admit(self, access: Mapping[str, str]) -> None:
        """What a person entered so that the device lets us in. A new driver asks with it, after the order at work."""
        if access != self._access:
            self._access = dict(access)
            self._interrupt()
            self.refresh()

    @contextlib.asynccontextmanager
    async def reserved(self) -> AsyncIterator[None]:
        """Have the device alone, first come first served; readings go on only while a person is waited for."""
        async with self._order:
            self._is_at_work = True
            self._interrupt()
            try:
                yield
            finally:
                self._is_at_work = False
                self._probe = None
                self.refresh()

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[None]:
        """Within `reserved`: nothing is sent to the device now, so readings may."""
        self._is_at_work = False
        self.refresh()
        try:
            yield
        finally:
            self._is_at_work = True
            self._interrupt()

    async def use(self, call: Callable[[Driver], Coroutine[Any, Any, T]], seconds: float) -> T:
        """One call of the driver. Raises `DeadlinePassed` or whatever the driver raises.

        A device that does not answer its order is silent from then on, until the next reading says otherwise."""
        async with self._turn:
            try:
                return await bounded(call(self._ready()), seconds)
            except Unreachable as error:
                if self._is_at_work:
                    self._tell(self._silent(reporting.words_of(error.trouble), self.link.sightings))
                raise
            except DeadlinePassed as error:
                if error.is_stuck:
                    await self._discard()
                raise

    async def halt(self, seconds: float) -> None:
        """Let the driver undo what must not outlive a run. Never raises."""
        if self._driver is None:
            return
        with contextlib.suppress(DeadlinePassed):
            try:
                await bounded(self._driver.stop(), seconds)
            except Exception:
                log.exception("%s: stop() failed", self.dev)

    def _ready(self) -> Driver:
        if self._driver is None:
            self._driver = self._make(self.link)
        return self._driver

    async def _discard(self) -> None:
        """Close the driver; the next call makes a new one."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        driver, self._driver, self._probe = self._driver, None, None
        if driver is not None:
            with contextlib.suppress(DeadlinePassed):
                try:
                    await bounded(driver.close(), 2.0)
                except Exception:
                    log.exception("%s: close() failed", self.dev)

    async def _live(self) -> None:
        while True:
            self._fresh.clear()
            try:
                await self._round()
            except Exception:
                log.exception("%s: this reading came to nothing", self.dev)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):  # wait_for of Python 3.11 can lose a cancellation
                    await self._fresh.wait()

    async def _round(self) -> None:
        if self._access != self.link.access and self._may_change():
            async with self._turn:
                self.link.access = self._access
                await self._discard()
        if not self.is_seen:
            self._tell_absence()
            if not self.is_reserved:
                await self._discard()
                heir, self._heir = self._heir, None
                if heir is not None:
                    heir.refresh()
        elif not self._is_at_work and not self._is_kept_out():
            self._looking = asyncio.create_task(self._look())
            try:
                await asyncio.wait({self._looking})
            finally:
                self._interrupt()
            if self.is_seen and not self._looking.cancelled():
                self._tell(self._looking.result())

    def _tell_absence(self) -> None:
        self._tell(reporting.silent(self.dev, self.manifest.id, self._last, (), Presence.ABSENT))

    def _is_kept_out(self) -> bool:
        """The session before has not let go of the device yet."""
        return self._before is not None and self._before._heir is self and not self._before.is_seen

    def _may_change(self) -> bool:
        """A driver at an order knows what it still has to switch off; one that is not let in can do nothing anyway."""
        is_shut = self._last is not None and self._last.access is Access.NEEDS_PERSON
        return not self.is_reserved or (is_shut and not self._is_at_work)

    def _interrupt(self) -> None:
        """A reading changes nothing and can be taken again: work goes first."""
        if self._looking is not None:
            self._looking.cancel()

    def _pause(self) -> float:
        longest = max(0.05, self._driver.poll_s if self._driver is not None else Driver.poll_s)
        if self._last is not None and self._last.access is Access.NEEDS_PERSON:
            longest = min(longest, PERSON_S)
        if self._failures:
            longest = min(longest, FIRST_RETRY_S * 2 ** min(self._failures - 1, 6))
        return longest * random.uniform(0.9, 1.1)  # noqa: S311 - spreads polls

    async def _look(self) -> Report:
        """One reading, whatever comes of it."""
        seen = self.link.sightings
        try:
            probe = self._probe if self._probe else await self.use(lambda driver: driver.probe(), self._reading_s())
            reading = await self._reading(probe)
            # Who a device is may change while a person is needed: then it is asked again each time.
            self._probe = probe if probe.access is Access.OK else None
            self._failures = 0
            self._keep_listening()
            return reporting.report_of(self.dev, self.manifest, probe, reading, seen)
        except NeedsPerson as error:
            return self._failed(Access.NEEDS_PERSON, error.trouble, seen)
        except Refused as error:
            return self._failed(Access.FAILED, error.trouble, seen)
        except (DeviceTrouble, DeadlinePassed) as error:
            self._failures, self._probe = self._failures + 1, None
            words = reporting.words_of(error.trouble) if isinstance(error, DeviceTrouble) else None
            return self._silent(words, seen)
        except Exception as error:
            log.exception("%s: the driver failed", self.dev)
            return self._failed(Access.FAILED, troubles.defect(error), seen)

    def _reading_s(self) -> float:
        return self._ready().reading_s or READING_S

    async def _reading(self, probe: Probe) -> Reading:
        """A device that needs a person first cannot be read."""
        if probe.access is not Access.OK:
            return Reading(access=probe.access, help=probe.help)
        return await self.use(lambda driver: driver.report(), self._reading_s())

    def _silent(self, words: Text | None, seen: tuple[Sighting, ...]) -> Report:
        return reporting.silent(self.dev, self.manifest.id, self._last, seen, Presence.SILENT, words)

    def _failed(self, access: Access, trouble: Trouble, seen: tuple[Sighting, ...]) -> Report:
        self._failures, self._probe = self._failures + 1, None
        words = reporting.words_of(trouble)
        if self._last is None or self._last.presence is Presence.ABSENT:
            return reporting.failed(self.dev, self.manifest.id, access, words, seen)
        return self._last.model_copy(
            update={"presence": Presence.PRESENT, "access": access, "help": words, "volatile": {}}
        )

    def _tell(self, report: Report) -> None:
        if report != self._last:
            self._last = report
            self._publish(report)

    def _keep_listening(self) -> None:
        if self._listener is None or self._listener.done():
            news = self._ready().watch()
            self._listener = None if news is None else asyncio.create_task(self._listen(news))

    async def _listen(self, news: AsyncIterator[None]) -> None:
        """Follow a driver that can tell when something is new; after a break, the next reading takes it up again."""
        try:
            async for _ in news:
                self.refresh()
        except DeviceTrouble as error:
            log.debug("%s: watching ended: %s", self.dev, error)
        except Exception:
            log.exception("%s: watching failed", self.dev)
        await asyncio.sleep(WATCH_REST_S)
