"""A device that writes down what was done to it, and a database that dies when it is told to."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medialab_agent.runtime.database import Database, Work
from medialab_agent.runtime.executor import Executor, Limits
from medialab_agent.runtime.journal import Journal
from medialab_agent.runtime.session import DeviceSession
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.capabilities import CheckSpec, DriverManifest, Quality, ResetLevel
from medialab_wire.commands import Config, Execution
from medialab_wire.progress import Check, CheckResult, ExecutionReport
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

T = Text(de="x", en="x")
DEV = "robot-1"
SIGHTING = Sighting(source="manual", key="k")
LEVEL = ResetLevel(id="clean", title=T, erases=(T,), typical_s=1, checks=(CheckSpec(id="all", title=T),))
MANIFEST = DriverManifest(id="robot", name=T, version="1", quality=Quality.SEEN, levels=(LEVEL,))


class PowerCut(BaseException):
    """The process is gone: nothing of it runs any further."""


@dataclass
class World:
    """The device itself: it survives the agent. `begun` and `ended` are what really happened to it, in order."""

    steps: int = 3
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    die_in_step: str = ""
    behaviour: Mapping[str, Any] = field(default_factory=dict)


class Robot(Driver):
    """Each step moves one part."""

    world: World

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return sighting.key

    async def probe(self) -> Probe:
        return Probe("Robot", "robot", ())

    async def report(self) -> Reading:
        return Reading()

    async def plan(self, order: Order) -> tuple[Step, ...]:
        return tuple(Step(f"s{number}", T) for number in range(self.world.steps))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        self.world.begun.append(step.id)
        say(len(self.world.begun) / 100)
        await asyncio.sleep(0)
        if self.world.die_in_step == step.id:
            self.world.die_in_step = ""
            raise PowerCut
        self.world.ended.append(step.id)
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        done = set(self.world.ended) == {f"s{number}" for number in range(self.world.steps)}
        return (Check(id="all", title=T, result=CheckResult.PASSED if done else CheckResult.FAILED),)

    async def find_me(self) -> None:
        self.world.begun.append("find-me")

    async def stop(self) -> None:
        pass


class DyingDatabase(Database):
    """Dies at its n-th commit: before it (nothing is kept) or after it (kept, but nobody hears of it)."""

    def __init__(self, path: Path, die_at: int = 0, after: bool = False) -> None:
        self._left, self._after, self.is_dead = die_at, after, False
        super().__init__(path)

    async def write(self, work: Work[Any]) -> Any:
        if self.is_dead:
            raise PowerCut
        self._left -= 1
        if self._left != 0:
            return await super().write(work)
        if self._after:
            await super().write(work)
        self.is_dead = True
        raise PowerCut


class Life:
    """One life of the agent, from its start to its end or its death."""

    def __init__(self, path: Path, world: World, die_at: int = 0, after: bool = False) -> None:
        self.database = DyingDatabase(path, die_at, after)
        self.reports: list[ExecutionReport] = []
        robot = type("OneRobot", (Robot,), {"world": world})
        link = DeviceLink("k", (SIGHTING,), memory=None, settings={})  # type: ignore[arg-type]
        self._session = DeviceSession(DEV, MANIFEST, robot, link, lambda _report: None)
        limits = Limits(ownership_grace_s=0.0)
        self.executor = Executor(Journal(self.database), self, self.reports.append, lambda: datetime.now(UTC), limits)

    def session(self, dev: str) -> DeviceSession | None:
        return self._session if dev == DEV else None

    def is_unclaimed(self, dev: str) -> bool:
        return False

    async def arrival(self, dev: str) -> None:
        await asyncio.Event().wait()

    async def live(self, orders: list[Execution]) -> bool:
        """Carry out the orders; False when the agent died on the way."""
        try:
            await self.executor.start()
            await self.executor.configure(Config(version=1, owned=(DEV,)))
            await self.executor.take(orders)
            await self._finish()
        except PowerCut:
            return False
        finally:
            await self._bury()
        return True

    async def _finish(self) -> None:
        while jobs := [job.task for job in self.executor._jobs.values() if job.task is not None]:
            await asyncio.gather(*jobs)

    async def _bury(self) -> None:
        for job in self.executor._jobs.values():
            if job.task is not None:
                job.task.cancel()
        tasks = [job.task for job in self.executor._jobs.values() if job.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        self.database.close()


def rows(path: Path) -> list[tuple[str, int]]:
    """Executions in the file, and whether each is open."""
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT exec, is_open FROM executions").fetchall()
