"""A noun reaches the event stream by being listed: nothing else on the road knows it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import event
from sqlmodel import Session

from medialab_hub.api.routers.stream import open_stream
from medialab_hub.api.stream import Broadcaster
from medialab_hub.services import resetting
from medialab_hub.services.fleet import FleetEvent, FleetIndex
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.nouns import NOUNS
from medialab_hub.services.place_rows import ALL_PLACES, PLACES
from medialab_hub.services.projection import Projection
from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.failures import CommitFailed
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from tests.fixtures.hub_core import HandClock, HubCore, hub_core


@dataclass
class Loans:
    """A pretend noun: its table is a dict."""

    there: dict[str, Row] = field(default_factory=dict)

    def rows(self, _session: Session, ids: Collection[str], seq: int) -> dict[str, Row]:
        return {key: {**self.there[key], "seq": seq} for key in ids if key in self.there}

    def details(self, _session: Session, rows: Mapping[str, Row]) -> dict[str, Row]:
        return {key: {**row, "items": 2} for key, row in rows.items()}

    def every(self, _session: Session) -> list[Row]:
        return list(self.there.values())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    migrate(opened)
    yield opened
    opened.close()


class Road:
    """Writer, projection, index and stream with one more noun in the list."""

    def __init__(self, database: Database, noun: Noun) -> None:
        nouns = (*NOUNS, noun)
        with Session(database.reader) as session:
            self.index = FleetIndex.load(session, HandClock().now(), nouns)
        self.index.listeners.append(self._tell)
        self.noun, self.broadcaster = noun, Broadcaster(0)
        self._told: list[FleetEvent] = []
        self.writer = Writer(database, HandClock(), Projection(HandClock(), nouns), self.index.apply)
        self.writer.start()

    def _tell(self, said: FleetEvent) -> None:
        self._told.append(said)

    async def touched(self, *touched: tuple[Noun, str]) -> list[tuple[str, Any]]:
        """What the stream says after one commit that touched these."""

        def use_case(uow: UnitOfWork) -> None:
            for noun, key in touched:
                uow.touch(noun, key)
            uow.record("loan.changed", "loan-1")

        await self.writer.run(use_case)
        listener = self.broadcaster.listen(None, lambda: True)
        await listener.take()
        told, self._told = self._told, []
        for said in told:
            self.broadcaster.publish(said.name, said.subject, said.seq, said.data)
        self.broadcaster.leave(listener)
        return messages(await listener.take() or b"") if told else []


def messages(chunk: bytes) -> list[tuple[str, Any]]:
    lines = [dict(line.split(": ", 1) for line in text.split("\n")) for text in chunk.decode().strip().split("\n\n")]
    return [(said["event"], orjson.loads(said["data"])) for said in lines]


@pytest.fixture
def loans() -> Loans:
    return Loans({"loan-1": {"id": "loan-1", "due": "Friday"}})


@pytest.fixture(params=["kept", "looked up"])
def road(request: pytest.FixtureRequest, database: Database, loans: Loans) -> Iterator[Road]:
    every = loans.every if request.param == "kept" else None
    made = Road(database, Noun("loan", loans.rows, details=loans.details, every=every))
    yield made
    made.writer.close()


async def test_a_noun_that_is_listed_is_told_on_the_stream(road: Road) -> None:
    row = {"id": "loan-1", "due": "Friday", "seq": 1}
    detail = {**row, "items": 2}
    assert await road.touched((road.noun, "loan-1")) == [("loan", row), ("loan_detail", detail)]


async def test_what_is_gone_is_told_once_as_gone(road: Road, loans: Loans) -> None:
    last = road.index.every(road.noun)[0] if road.noun.every else {"id": "loan-1"}
    loans.there.clear()
    assert await road.touched((road.noun, "loan-1")) == [("loan", {**last, "gone": True})]
    if road.noun.every:
        assert await road.touched((road.noun, "loan-1")) == [], "nobody knows it any more"
        assert road.index.every(road.noun) == []


async def test_nouns_are_told_in_the_order_of_the_list(road: Road) -> None:
    told = await road.touched((road.noun, "loan-1"), (PLACES, ALL_PLACES))
    assert [name for name, _ in told] == ["places", "loan", "loan_detail"]


async def test_a_commit_that_touched_a_noun_nobody_listed_fails(road: Road, loans: Loans) -> None:
    with pytest.raises(CommitFailed):
        await road.touched((Noun("kit", loans.rows), "kit-1"))


def test_each_noun_has_an_event_of_its_own_that_the_stream_promises() -> None:
    names = [name for noun in NOUNS for name in (noun.name, noun.details and f"{noun.name}_detail") if name]
    assert len(set(names)) == len(names)
    assert [name for name in names if f"`{name}`" not in (open_stream.__doc__ or "")] == []


def test_a_job_is_read_once_for_its_row_its_details_and_its_timer(database: Database) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM job \n" in statement:
            asked.append(statement)

    with hub_core(database) as core:
        job = resetting_job(core)
        event.listen(database.writer, "before_cursor_execute", note)
        core.do(lambda uow: uow.touch(JOBS, job))
        event.remove(database.writer, "before_cursor_execute", note)
    assert [said.name for said in core.events[-2:]] == ["job", "job_detail"]
    assert len(asked) == 1, asked


def resetting_job(core: HubCore) -> str:
    return core.do(resetting.reset, core.prepare(), "deep", 0, "staff")
