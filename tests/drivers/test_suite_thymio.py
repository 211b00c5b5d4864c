"""The shared driver suite for Thymio II robots."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.thymio.simulator import ThymioSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestThymio(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "thymio"
    settings: ClassVar[Mapping[str, str]] = {"blink_s": "0.02"}
    short_deadline_s = 1.0
    fault_deadline_s = 4.0

    def make(self) -> Simulator:
        """One robot by cable, as new."""
        return ThymioSimulator("Thymio 7")
