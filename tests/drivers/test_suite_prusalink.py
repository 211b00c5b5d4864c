"""The shared driver suite for Prusa printers with PrusaLink."""

from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import ExecutionStatus


class TestPrusaLink(DriverSuite):
    """Everything the suite demands of every driver; Buddy firmware is in `prusalink/test_buddy.py`."""

    driver = "prusalink"
    short_deadline_s = 0.5
    fault_deadline_s = 2.0

    def make(self) -> Simulator:
        return PrusaLinkSimulator("CZPX0001", settle_s=0.2, lag_s=0.05, rescan_s=0.1, slow_s=0.05)

    async def test_it_shows_itself(self, bench: Bench) -> None:
        """It cannot, and says so."""
        report = await bench.order("find-me")
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None and report.trouble.code == "cannot-show"
