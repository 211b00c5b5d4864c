"""How ready a kit is: counted from the words about its devices, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from medialab_hub.domain.device_status import DeviceStatus

READY = frozenset({DeviceStatus.READY, DeviceStatus.ACCEPTED})
"""Words about a device that the next group may use."""
BY_HAND = frozenset(
    {DeviceStatus.WAITING_PERSON, DeviceStatus.NEEDS_PERSON, DeviceStatus.NEEDS_ACCESS, DeviceStatus.UNVERIFIED}
)
"""Words that mean: somebody has to do something."""


@dataclass(frozen=True)
class Readiness:
    """Of one kit: how many devices it has, how many are ready, how many wait for hands. Retired ones do not count."""

    devices: int
    ready: int
    by_hand: int

    @property
    def is_ready(self) -> bool:
        """All of it, and not empty."""
        return 0 < self.devices == self.ready


def readiness_of(words: Mapping[DeviceStatus, int]) -> Readiness:
    """From how many devices of the kit have each status."""
    counted = {word: number for word, number in words.items() if word is not DeviceStatus.RETIRED}
    return Readiness(
        devices=sum(counted.values()),
        ready=sum(number for word, number in counted.items() if word in READY),
        by_hand=sum(number for word, number in counted.items() if word in BY_HAND),
    )
