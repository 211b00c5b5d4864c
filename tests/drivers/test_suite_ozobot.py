"""The shared driver suite for Ozobot Evo."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.ozobot.simulator import OzobotSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestOzobot(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "ozobot"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """One robot, as new."""
        return OzobotSimulator("OzoEvo 7")
