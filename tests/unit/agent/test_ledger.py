"""What a running step lets people know: how far it is, what it waits for, how long it has said nothing."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medialab_agent.runtime import ledger as ledgers
from medialab_agent.runtime.database import Database
from medialab_agent.runtime.journal import Journal, Record
from medialab_agent.runtime.ledger import Ledger
from medialab_wire.commands import Execution
from medialab_wire.progress import ExecutionReport, ExecutionStatus, StepState, StepView
from medialab_wire.texts import Text
from tests.fixtures.waiting import until

T = Text(de="x", en="x")
WORDS = Text(de="Am Gerät bestätigen.", en="Confirm at the device.")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "STILL_S", 1.0)
    monkeypatch.setattr(ledgers, "LOOK_S", 0.02)
    monkeypatch.setattr(ledgers, "PROGRESS_EVERY_S", 0.0)


@pytest.fixture
def reports() -> list[ExecutionReport]:
    return []


@pytest.fixture
def ledger(tmp_path: Path, reports: list[ExecutionReport]) -> Iterator[Ledger]:
    database = Database(tmp_path / "agent.sqlite")
    execution = Execution(exec="x-1", job="j-1", dev="d-1", action="reset")
    report = ExecutionReport(
        exec="x-1", dev="d-1", ver=1, status=ExecutionStatus.QUEUED, steps=(StepView(id="s", title=T),)
    )
    yield Ledger(Record(execution, report), Journal(database), reports.append, lambda: datetime.now(UTC))
    database.close()


async def test_a_step_that_says_nothing_is_told_and_again(ledger: Ledger, reports: list[ExecutionReport]) -> None:
    await ledger.begun(0)
    watch = asyncio.create_task(ledger.watch(0))
    await until(lambda: "2 s" in said(reports))
    assert "seit 2 s keine Rückmeldung" in said(reports)
    ledger.progress(0, 0.5)
    assert said(reports) == ""
    await until(lambda: "1 s" in said(reports))
    await ledger.ended(0, StepState.DONE)
    assert said(reports) == ""
    await watch


async def test_what_a_step_waits_for_stands_there_until_it_goes_on(
    ledger: Ledger, reports: list[ExecutionReport]
) -> None:
    await ledger.begun(0)
    ledger.progress(0, 0.1, WORDS)
    assert (said(reports), reports[-1].steps[0].progress) == (WORDS.de, 0.1)
    ledger.progress(0, 0.2)
    assert said(reports) == ""


def said(reports: list[ExecutionReport]) -> str:
    """The detail of the step in the last report."""
    detail = reports[-1].steps[0].detail
    return detail.de if detail else ""
