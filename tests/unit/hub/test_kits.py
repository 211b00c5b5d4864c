"""When a kit is ready."""

import pytest

from medialab_hub.domain.device_status import DeviceStatus
from medialab_hub.domain.kits import Readiness, readiness_of


@pytest.mark.parametrize(
    ("words", "expected", "is_ready"),
    [
        ({}, Readiness(0, 0, 0), False),
        ({DeviceStatus.READY: 19, DeviceStatus.ACCEPTED: 1}, Readiness(20, 20, 0), True),
        ({DeviceStatus.READY: 19, DeviceStatus.WAITING_PERSON: 1}, Readiness(20, 19, 1), False),
        ({DeviceStatus.READY: 2, DeviceStatus.RETIRED: 3}, Readiness(2, 2, 0), True),
        ({DeviceStatus.USED: 1, DeviceStatus.UNVERIFIED: 2, DeviceStatus.QUARANTINED: 1}, Readiness(4, 0, 2), False),
    ],
)
def test_readiness(words: dict[DeviceStatus, int], expected: Readiness, is_ready: bool) -> None:
    assert readiness_of(words) == expected
    assert readiness_of(words).is_ready is is_ready


def test_every_word_is_either_good_or_not() -> None:
    for word in DeviceStatus:
        found = readiness_of({word: 1})
        assert found.ready + found.by_hand <= found.devices <= 1
