"""The one writer: a thread that runs queued use cases in shared transactions and answers after the commit."""

import asyncio
import contextlib
import logging
import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from medialab_hub.clock import Clock
from medialab_hub.storage import put
from medialab_hub.storage.database import Database, empty_log, has_lost_transaction, set_durability, take_back
from medialab_hub.storage.failures import CommitFailed, TransactionLost, is_deadlock
from medialab_hub.storage.journal import Journal, JournalMoved, Mark
from medialab_hub.storage.unit_of_work import Touched, UnitOfWork

log = logging.getLogger(__name__)
T = TypeVar("T")
UseCase = Callable[[UnitOfWork], T]
Project = Callable[[Session, Touched, int], Any]
"""Builds, inside the transaction, what the outside world is told after the commit; given what was touched and the
fleet sequence."""
OnCommit = Callable[[Any], None]
"""Receives what `Project` built, on the writer's thread, right after the commit and before callers are answered."""

MOST_TRIES = 5
"""Times a commit begins that is in a deadlock with somebody else; its use cases run again from their beginning."""
MOST_PER_COMMIT = 64
"""Use cases in one transaction at most; bounds how long the first one waits."""


@dataclass
class _Queued(Generic[T]):
    use_case: UseCase[T]
    answer: "Future[T]"
    durable: bool


class Writer:
    """Runs use cases one after the other. Several waiting ones share one commit, each in a SAVEPOINT of its own."""

    def __init__(self, database: Database, clock: Clock, project: Project, on_commit: OnCommit) -> None:
        self._database = database
        self._clock = clock
        self._project = project
        self._on_commit = on_commit
        self._queue: queue.SimpleQueue[_Queued[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._closed = False
        self._is_durable: bool | None = None
        self._kept: Connection | None = None
        self._journal_end: Mark | None = None
        """Where the last commit left the journal, while nobody but this writer can move it (see `Journal`)."""
        self._has_to_scrub = False

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, use_case: UseCase[T], *, durable: bool = False) -> "Future[T]":
        """Queue a use case; the future is resolved after its commit. `durable`: it must survive a power cut."""
        answer: Future[T] = Future()
        if self._closed:
            answer.set_exception(RuntimeError("the writer is closed"))
        else:
            self._queue.put(_Queued(use_case, answer, durable))
        return answer

    async def run(self, use_case: UseCase[T], *, durable: bool = False) -> T:
        """Queue a use case and wait for its commit. Raises what the use case raised; nothing of it was stored then."""
        return await asyncio.wrap_future(self.submit(use_case, durable=durable))

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ending = self._gather(first)
            self._commit(batch)
            if ending:
                break
        if self._kept is not None:
            self._kept.close()

    def _gather(self, first: _Queued[Any]) -> tuple[list[_Queued[Any]], bool]:
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                queued = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
            if queued is None:
                return batch, True
            batch.append(queued)
        return batch, False

    def _commit(self, batch: list[_Queued[Any]]) -> None:
        waited_for = [queued for queued in batch if queued.answer.set_running_or_notify_cancel()]
        for left in reversed(range(MOST_TRIES)):
            try:
                answers = self._try(waited_for)
            except Exception as error:
                self._journal_end = None
                if left and is_deadlock(error):
                    log.info("a commit begins anew: %s", error)
                    continue
                log.exception("a commit failed")
                _refuse(waited_for, error)
            else:
                for answer, result in answers:
                    answer.set_result(result)
            return

    def _try(self, batch: list[_Queued[Any]]) -> list[tuple[Future[Any], Any]]:
        answers: list[tuple[Future[Any], Any]] = []
        self._set_durability(any(queued.durable for queued in batch))
        with (
            self._connect() as transaction,
            Session(transaction, expire_on_commit=False) as session,
        ):
            transaction.begin()
            self._run_all(transaction, session, batch, answers)
        return answers

    @contextlib.contextmanager
    def _connect(self) -> Iterator[Connection]:
        """On SQLite always the same connection, for opening one costs as much as a commit; on PostgreSQL the pool's,
        which looks whether it still lives. What was not committed is taken back."""
        if not self._database.is_sqlite:
            with self._database.writer.connect() as connection:
                yield connection
            return
        self._kept = kept = self._kept or self._database.writer.connect()
        try:
            yield kept
            if kept.in_transaction():
                kept.rollback()
        except BaseException:
            self._kept = self._is_durable = None
            take_back(kept)
            raise

    def _run_all(
        self,
        transaction: Connection,
        session: Session,
        batch: list[_Queued[Any]],
        answers: list[tuple[Future[Any], Any]],
    ) -> None:
        journal, touched = Journal(transaction, self._journal_end), Touched()
        for queued in batch:
            if queued.answer.done():  # it was refused before this commit began anew
                continue
            uow = UnitOfWork(transaction, session, journal, self._clock.now(), secrets.randbits)
            try:
                result = _run(uow, queued.use_case, is_alone=len(batch) == 1)
            except JournalMoved:
                raise
            except Exception as error:
                if has_lost_transaction(transaction) or is_deadlock(error):
                    raise
                queued.answer.set_exception(error)
                continue
            touched.add(uow.touched)
            answers.append((queued.answer, result))
        if answers:  # else there is nothing to keep
            news = self._project(session, touched, journal.seq)
            journal.close()
            if has_lost_transaction(transaction):
                raise TransactionLost
            transaction.commit()
            self._journal_end = journal.mark() if self._database.is_sqlite else None
            self._tell(news)
            self._scrub(is_due=bool(touched.erased))

    def _tell(self, news: Any) -> None:
        """Whoever cannot be told changes nothing about what is stored."""
        try:
            self._on_commit(news)
        except Exception:
            log.exception("the news of a commit could not be told")

    def _scrub(self, *, is_due: bool) -> None:
        """Again after the next commit, while somebody still reads what was there before."""
        if is_due or self._has_to_scrub:
            self._has_to_scrub = not empty_log(self._database)

    def _set_durability(self, durable: bool) -> None:
        if durable != self._is_durable:
            set_durability(self._database, durable)
            self._is_durable = durable


def _refuse(batch: list[_Queued[Any]], error: Exception) -> None:
    failed = CommitFailed(str(error))
    failed.__cause__ = error
    for queued in batch:
        if not queued.answer.done():
            queued.answer.set_exception(failed)


@contextlib.contextmanager
def _savepoint(session: Session) -> Iterator[None]:
    with session.begin_nested():
        session.connection()  # sets it now: the session alone would wait until somebody uses it
        yield


def _run(uow: UnitOfWork, use_case: UseCase[T], *, is_alone: bool) -> T:
    """Alone in its transaction, what failed is taken back with all of it; else with a SAVEPOINT of its own."""
    mark = uow.journal.mark()
    put.begin(uow.session)
    try:
        with contextlib.nullcontext() if is_alone else _savepoint(uow.session):
            result = use_case(uow)
            uow.session.flush()
            return result
    except BaseException:
        uow.journal.back_to(mark)
        put.take_back(uow.session)
        raise
