"""A running hub for each module of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.hubs import HubInThread, HubProgram, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubInThread]:
    """One hub for a module."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def fresh_hub(tmp_path: Path) -> Iterator[HubInThread]:
    """A hub of one's own."""
    with running_hub(tmp_path) as running:
        yield running


@pytest.fixture
def program(tmp_path: Path) -> Iterator[HubProgram]:
    """The hub as a program."""
    started = HubProgram(tmp_path / "data")
    yield started
    started.end()
