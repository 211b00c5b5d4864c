"""The shared driver suite for Bambu printers in LAN mode."""

from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestBambu(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "bambu"
    short_deadline_s = 1.0
    fault_deadline_s = 3.0

    def make(self) -> Simulator:
        return BambuSimulator("01P00A000000009", address="127.44.0.9", tick_s=0.05, notify_s=0.2, slow_s=0.1)
