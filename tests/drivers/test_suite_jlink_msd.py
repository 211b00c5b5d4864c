"""The shared driver suite for Calliope mini 2."""

from medialab_agent.drivers.jlink_msd.simulator import JLinkSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestCalliope2(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "jlink-msd"
    short_deadline_s = 1.0
    fault_deadline_s = 3.0

    def make(self) -> Simulator:
        return JLinkSimulator("calliope-2", beat_s=0.02)
