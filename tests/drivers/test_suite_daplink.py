"""The shared driver suite for boards behind DAPLink."""

from medialab_agent.drivers.daplink.boards import CALLIOPE_1, MICROBIT_V2
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestMicrobitV2(DriverSuite):
    """With a data log that survives flashing."""

    driver = "daplink"

    def make(self) -> Simulator:
        return DapLinkSimulator("microbit-1", board=MICROBIT_V2, beat_s=0.02)


class TestCalliope1(DriverSuite):
    """Without one, and with a serial number that a micro:bit could have."""

    driver = "daplink"

    def make(self) -> Simulator:
        return DapLinkSimulator("calliope-1", board=CALLIOPE_1, beat_s=0.02)
