"""The shared driver suite for Tello drones."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.tello.simulator import TelloSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import ExecutionStatus


class TestTello(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "tello"
    settings: ClassVar[Mapping[str, str]] = {"answer_s": "1.5", "still_s": "0.4", "every_s": "0.2"}
    short_deadline_s = 1.0
    fault_deadline_s = 4.0

    def make(self) -> Simulator:
        """One drone, as new."""
        return TelloSimulator("0TQDG2KEDB7777", slow_s=0.02, second_s=0.1)

    async def test_it_shows_itself(self, bench: Bench) -> None:
        """It cannot without spinning its propellers, and says so."""
        report = await bench.order("find-me")
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None and report.trouble.code == "cannot-show"
