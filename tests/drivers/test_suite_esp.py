"""The shared driver suite for boards with an ESP32; esptool is the real one."""

import pytest

from medialab_agent.drivers.esp.simulator import EspSimulator
from medialab_agent.sdk.simulator import Effect, Simulator
from medialab_agent.sdk.testing.suite import DriverSuite
from tests.drivers.esp.peers import with_esptool


class TestEsp(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "esp"
    fault_deadline_s = 5.0

    @pytest.fixture(autouse=True)
    def esptool(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The foreign program, from its own environment."""
        with_esptool(monkeypatch)

    def make(self) -> Simulator:
        return EspSimulator("esp-1")

    def matters(self, effect: Effect) -> bool:
        return effect.verb == "write"
