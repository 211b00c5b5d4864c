"""The practice lab's iPads: one asks first, one belongs to a school's device management."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from medialab_agent.drivers.apple_ios.simulated.ipad import IPadSimulator
from medialab_agent.drivers.apple_ios.simulated.mux import SimulatedMux
from medialab_agent.sdk.simulator import Fault, Simulator

AWAY_S = 4.0
"""Seconds an erase takes in the practice lab; real ones take minutes."""
_SCHOOL = {"IsSupervised": True, "OrganizationName": "Schule", "ConfigurationURL": "https://mdm.example/enrol"}


def scene() -> tuple[IPadSimulator, ...]:
    """Four iPads: a good one, one that trusts nobody yet, one of a school's, one with a passcode."""
    good = IPadSimulator("iPad Biene", away_s=AWAY_S)
    new = IPadSimulator("iPad Hummel", is_trusted=False, away_s=AWAY_S)
    school = IPadSimulator("iPad Käfer", away_s=AWAY_S)
    school.state.cloud = dict(_SCHOOL)
    closed = IPadSimulator("iPad Libelle", {Fault.LOCKED}, away_s=AWAY_S)
    closed.state.has_passcode = True
    return good, new, school, closed


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """Put them behind a usbmuxd of their own; the driver talks to no other."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="medialab-ipads-"))
    mux = SimulatedMux(Path(folder) / "usbmuxd")
    await mux.start()
    stack.push_async_callback(mux.stop)
    for simulator in simulators:
        if isinstance(simulator, IPadSimulator):
            simulator.mux = mux
            await simulator.start()
            stack.push_async_callback(simulator.stop)
    return {"usbmuxd": str(mux.path)}
