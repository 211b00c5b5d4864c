"""An older configuration that comes late changes nothing; a hub that counts anew is obeyed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medialab_agent.bootstrap import Agent
from medialab_agent.discovery.manual import ManualSource
from medialab_agent.runtime.database import Database
from medialab_agent.runtime.executor import Executor
from medialab_agent.runtime.journal import Journal
from medialab_agent.runtime.session import DeviceSession
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.settings import Settings
from medialab_wire.commands import Config


class NoDevices:
    """Nothing is plugged in."""

    def session(self, dev: str) -> DeviceSession | None:
        return None

    def is_unclaimed(self, dev: str) -> bool:
        return False

    async def arrival(self, dev: str) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def life(path: Path) -> AsyncIterator[Executor]:
    """One life of an agent's executor on that journal."""
    database = Database(path)
    executor = Executor(Journal(database), NoDevices(), lambda _report: None, lambda: datetime.now(UTC))
    try:
        await executor.start()
        yield executor
    finally:
        await executor.close()
        database.close()


def config(epoch: str, version: int, *owned: str) -> Config:
    return Config(epoch=epoch, version=version, owned=owned)


async def test_an_older_configuration_that_comes_late_changes_nothing(tmp_path: Path) -> None:
    async with life(tmp_path / "j") as executor:
        assert await executor.configure(config("e1", 7, "t1"))
        assert not await executor.configure(config("e1", 6, "t1", "t2"))
        assert executor.owned == {"t1"}
        assert await executor.configure(config("e1", 7, "t1")), "a repetition is no latecomer"
        assert await executor.configure(config("e1", 8))
        assert executor.owned == frozenset()


async def test_it_is_still_too_late_after_a_restart_of_the_agent(tmp_path: Path) -> None:
    async with life(tmp_path / "j") as executor:
        await executor.configure(config("e1", 7, "t1"))
    async with life(tmp_path / "j") as executor:
        assert not await executor.configure(config("e1", 6, "t2"))
        assert executor.owned == {"t1"}
    async with life(tmp_path / "j") as executor:
        assert executor.owned == {"t1"}, "the latecomer was not kept either"


@pytest.mark.parametrize("epoch", ["e2", ""])
async def test_a_hub_restored_from_a_backup_counts_anew_and_is_obeyed(tmp_path: Path, epoch: str) -> None:
    async with life(tmp_path / "j") as executor:
        await executor.configure(config("e1", 1_000, "t1"))
        assert await executor.configure(config(epoch, 3, "t2"))
        assert executor.owned == {"t2"}
    async with life(tmp_path / "j") as executor:
        assert executor.owned == {"t2"}


async def test_a_latecomer_brings_no_addresses(tmp_path: Path) -> None:
    typed = ManualSource()
    agent = Agent(Settings("pi-1", data_dir=tmp_path), Shelf(only="octoprint"), (typed,))
    await agent.configure(Config(epoch="e1", version=7, manual=("octoprint://192.0.2.7",)))
    await agent.configure(Config(epoch="e1", version=6, manual=("octoprint://192.0.2.8", "octoprint://192.0.2.9")))
    assert typed.fact().seen == 1
    await agent._runtime.close()
