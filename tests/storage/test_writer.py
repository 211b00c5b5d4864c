"""The one writer: shared commits, use cases that fail alone, answers only after the commit."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, insert, update
from sqlmodel import Session, select

from medialab_hub.clock import SystemClock
from medialab_hub.services.place_rows import ALL_PLACES, PLACES
from medialab_hub.storage import journal
from medialab_hub.storage.database import Database
from medialab_hub.storage.failures import CommitFailed
from medialab_hub.storage.tables import Location, Station
from medialab_hub.storage.tables.journal import JournalHead, JournalRow
from medialab_hub.storage.unit_of_work import Touched, UnitOfWork
from medialab_hub.storage.writer import UseCase, Writer


@pytest.fixture
def news() -> list[Touched]:
    return []


@pytest.fixture
def writer(database: Database, news: list[Touched]) -> Iterator[Writer]:
    writer = Writer(database, SystemClock(), lambda _session, touched, _seq: touched, news.append)
    writer.start()
    yield writer
    writer.close()


def add(name: str):
    def use_case(uow: UnitOfWork) -> int:
        uow.session.add(Location(id=uow.new_id("loc"), name=name))
        uow.touch(PLACES, ALL_PLACES)
        return uow.record("location.added", name)

    return use_case


def look_at_the_end(connection: Connection) -> None:
    """Whether a station's location exists is asked by COMMIT now."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return
    find = "SELECT conname FROM pg_constraint WHERE conrelid = 'station'::regclass AND contype = 'f'"
    name = connection.exec_driver_sql(find).scalar_one()
    connection.exec_driver_sql(f"ALTER TABLE station ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")


async def test_numbers_follow_the_order_of_commits(writer: Writer) -> None:
    answers = [writer.submit(add(f"room {n}")) for n in range(200)]
    assert [answer.result(10) for answer in answers] == list(range(1, 201))


async def test_a_use_case_that_fails_takes_nothing_else_with_it(writer: Writer, database: Database) -> None:
    def fail(uow: UnitOfWork) -> None:
        add("lost")(uow)
        raise ValueError("no")

    answers = [writer.submit(add("a")), writer.submit(fail), writer.submit(add("b")), writer.submit(add("a"))]
    assert answers[0].result(10) == 1
    with pytest.raises(ValueError, match="no"):
        answers[1].result(10)
    assert answers[2].result(10) == 2
    assert answers[3].exception(10) is not None, "the same name twice must be refused"
    with Session(database.reader) as session:
        assert sorted(session.exec(select(Location.name))) == ["a", "b"]
        assert journal.last_seq(session) == 2
        assert journal.first_broken(session) is None


@pytest.mark.parametrize("has_rows", [True, False])
async def test_a_journal_that_somebody_else_moved_refuses_one_commit_and_goes_on_behind_it(
    writer: Writer, database: Database, has_rows: bool
) -> None:
    await writer.run(add("a"))
    url = database.writer.url
    with create_engine(url).begin() as somebody:
        if has_rows:
            somebody.execute(insert(JournalRow), {"seq": 2, "at": SystemClock().now(), "kind": "k", "subject": "s"})
        somebody.execute(update(JournalHead), {"seq": 2, "hash": "theirs"})
    if database.is_sqlite:  # elsewhere the end is read, and kept locked, each time
        with pytest.raises(CommitFailed):
            await writer.run(add("b"))
    assert await writer.run(add("b")) == 3
    with Session(database.reader) as session:
        assert sorted(session.exec(select(Location.name))) == ["a", "b"]
        assert sorted(session.exec(select(JournalRow.seq))) == ([1, 2, 3] if has_rows else [1, 3])


async def test_after_a_commit_that_was_refused_the_next_one_is_stored(writer: Writer, database: Database) -> None:
    def point_nowhere(uow: UnitOfWork) -> None:
        look_at_the_end(uow.transaction)
        uow.session.add(Station(id="sta-1", name="nowhere", location_id="loc-missing"))
        uow.record("station.added", "sta-1")

    await writer.run(add("a"))
    with pytest.raises(CommitFailed):
        await writer.run(point_nowhere)
    assert await writer.run(add("b"), durable=True) == 2
    with Session(database.reader) as session:
        assert sorted(session.exec(select(Location.name))) == ["a", "b"]
        assert journal.first_broken(session) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_in_the_middle_of_a_shared_commit_takes_back_all_of_it(
    writer: Writer, database: Database
) -> None:
    """SQLite takes back the whole transaction then, and would commit what follows piece by piece; PostgreSQL takes
    back the savepoint alone."""
    await writer.run(add("before"))
    gate, waiting = threading.Event(), threading.Event()

    def hold(_uow: UnitOfWork) -> None:
        waiting.set()
        gate.wait(10)

    def let_grow(pages: int) -> UseCase[None]:
        def use_case(uow: UnitOfWork) -> None:
            used = uow.transaction.exec_driver_sql("PRAGMA page_count").scalar_one()
            uow.transaction.exec_driver_sql(f"PRAGMA max_page_count={used + pages}")

        return use_case

    held = writer.submit(hold)
    assert waiting.wait(10)
    work = [add("a"), let_grow(3), add("much" + "x" * 200_000), add("b"), add("c")]
    answers = [writer.submit(use_case) for use_case in work]
    gate.set()
    held.result(10)
    assert [type(answer.exception(10)) for answer in answers] == [CommitFailed] * len(answers)
    await writer.run(let_grow(10_000))
    assert await writer.run(add("after")) == 2
    with Session(database.reader) as session:
        assert sorted(session.exec(select(Location.name))) == ["after", "before"]
        assert journal.first_broken(session) is None


async def test_the_outside_hears_of_it_before_the_caller(writer: Writer, news: list[Touched]) -> None:
    await writer.run(add("room"), durable=True)
    assert [touched.of(PLACES) for touched in news] == [[ALL_PLACES]]
