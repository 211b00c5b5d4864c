"""A PrusaLink driver of its own for one test; the rest of a session is the same for all drivers."""

from medialab_agent.drivers.prusalink.driver import DRIVER
from medialab_agent.sdk.driver import Driver
from medialab_wire.sightings import Sighting
from tests.fixtures.driver_session import Memory, Run, link, reset_order, run

__all__ = ["Memory", "Run", "driver_for", "reset_order", "run"]


def driver_for(*sightings: Sighting, memory: Memory | None = None, **settings: str) -> Driver:
    return DRIVER(link(*sightings, memory=memory, **settings))
