"""The shared driver suite for printers behind Moonraker."""

import pytest

from medialab_agent.drivers.moonraker import reset
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestMoonraker(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "moonraker"
    short_deadline_s = 1.0
    fault_deadline_s = 3.0

    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The simulator never needs as long as a real printer may."""
        monkeypatch.setattr(Client, "begin_s", 0.3)
        monkeypatch.setattr(reset, "SETTLE_S", 1.0)

    def make(self) -> Simulator:
        return MoonrakerSimulator("printer-1")
