"""The shared driver suite for printers behind OctoPrint."""

from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import ExecutionStatus
from medialab_wire.reports import Access


class TestOctoPrint(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "octoprint"

    def make(self) -> Simulator:
        return OctoPrintSimulator("printer-1", allow_after_s=0.1)

    def matters(self, effect: Effect) -> bool:
        return effect.verb == "delete"  # logging in and G-code that sets what is set already change nothing

    def impose(self, simulator: Simulator, fault: Fault) -> None:
        assert isinstance(simulator, OctoPrintSimulator)
        simulator.faults.add(fault)
        if fault is Fault.LOCKED:
            simulator.access.keys.clear()

    async def prepare(self, bench: Bench, simulator: Simulator) -> None:
        waiting = await bench.until(lambda report: report.access is Access.NEEDS_PERSON or report.access is Access.OK)
        if waiting.access is not Access.OK:
            paired = await bench.order("pair")
            assert paired.status is ExecutionStatus.SUCCEEDED, paired.trouble
