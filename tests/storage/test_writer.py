"""The one writer: shared commits, use cases that fail alone, answers only after the commit."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, insert, update
from sqlmodel import Session, select

from medialab_hub.clock import SystemClock
from medialab_hub.services.place_rows import ALL_PLACES, PLACES
from medialab_hub.storage import journal
from medialab_hub.storage.database import Database
from medialab_hub.storage.failures import CommitFailed
from medialab_hub.storage.tables import Location
from medialab_hub.storage.tables.journal import JournalHead, JournalRow
from medialab_hub.storage.unit_of_work import Touched, UnitOfWork
from medialab_hub.storage.writer import Writer


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


async def test_the_outside_hears_of_it_before_the_caller(writer: Writer, news: list[Touched]) -> None:
    await writer.run(add("room"), durable=True)
    assert [touched.of(PLACES) for touched in news] == [[ALL_PLACES]]
