"""The shared driver suite for Arduino boards."""

from medialab_agent.drivers.arduino.simulator import ArduinoSimulator
from medialab_agent.sdk.simulator import Effect, Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class TestArduino(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "arduino"
    fault_deadline_s = 4.0

    def make(self) -> Simulator:
        return ArduinoSimulator("uno-1")

    def matters(self, effect: Effect) -> bool:
        return effect.verb == "write"  # blinking leaves nothing behind
