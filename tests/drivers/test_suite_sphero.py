"""The shared driver suite for Sphero robots."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.sphero.simulator import SpheroSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestSphero(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "sphero"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """A BOLT, as new: it has everything that the others have."""
        return SpheroSimulator("sphero-7")
