"""A paper USB bus and a watching process for the discovery lab."""

from collections.abc import Iterator

import pytest

from tests.fixtures.mock_usb import MockUsb
from tests.fixtures.usb_watch import Watch


@pytest.fixture
def usb_bus() -> Iterator[MockUsb]:
    """An empty paper bus."""
    with MockUsb() as bus:
        yield bus


@pytest.fixture
def watch(usb_bus: MockUsb) -> Iterator[Watch]:
    """The source, listening on the paper bus."""
    watching = Watch(usb_bus.env())
    yield watching
    watching.close()
