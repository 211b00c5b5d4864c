"""The shared driver suite for Arduino boards whose chip speaks USB itself: one of each family of boot programs."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.sdk.simulator import Effect, Simulator
from medialab_agent.sdk.testing.suite import DriverSuite


class OwnUsbSuite(DriverSuite):
    """What they share."""

    driver = "arduino"
    model: ClassVar[OwnUsbModel]
    settings: ClassVar[Mapping[str, str]] = {"appears_s": "0.8"}
    short_deadline_s = 1.5
    fault_deadline_s = 2.5

    def make(self) -> Simulator:
        return OwnUsbSimulator("own-usb-1", model=self.model)

    def matters(self, effect: Effect) -> bool:
        return effect.verb == "write"


class TestCaterina(OwnUsbSuite):
    """Leonardo, emptied by avrdude."""

    model = LEONARDO


class TestSamBa(OwnUsbSuite):
    """Nano 33 IoT, emptied by bossac."""

    model = NANO_33_IOT
