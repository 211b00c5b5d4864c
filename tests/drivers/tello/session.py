"""One driver of a simulated Tello, without a runtime around it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from medialab_agent.drivers.tello.driver import TelloDriver
from medialab_agent.drivers.tello.simulator import TelloSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from tests.fixtures.driver_session import Memory, results

__all__ = ["Memory", "results"]

SERIAL = "0TQDG2KEDB7777"


def free_port() -> int:
    """For state packets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def flying_club(drone: TelloSimulator) -> AsyncIterator[TelloDriver]:
    """A fresh driver that sees this drone; at the end the drone complains when it was commanded."""
    drone.state_port = drone.state_port or free_port()
    await drone.start()
    try:
        settings = {"answer_s": "1.0", "still_s": "0.5", "state_port": str(drone.state_port)}
        yield TelloDriver(DeviceLink("tello", (drone.sighting(),), Memory(), settings))
    finally:
        await drone.stop()


def order(drone: str = SERIAL, level: str = "clean") -> Order:
    """To check it."""
    return Order("x-1", "reset", level, baseline={"drone": drone})
