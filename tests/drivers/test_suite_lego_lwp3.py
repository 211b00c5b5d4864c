"""The shared driver suite for LEGO hubs with the LEGO Wireless Protocol 3."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.lego_lwp3.simulator import Lwp3Simulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestLwp3(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "lego-lwp3"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """One hub, as new."""
        return Lwp3Simulator("Move Hub 7")
