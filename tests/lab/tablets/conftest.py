"""One room for all tests of this folder: preparing thirty tablets takes its time."""

from collections.abc import Iterator

import pytest

from tests.lab.tablets.room import Room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Running, with nothing plugged in."""
    made = Room(tmp_path_factory.mktemp("tablets"))
    try:
        yield made.start()
    finally:
        made.stop()
