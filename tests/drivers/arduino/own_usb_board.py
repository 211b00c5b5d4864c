"""One driver of a simulated board whose chip speaks USB itself, told of every change of the bus."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from medialab_agent.drivers.arduino.driver import ArduinoDriver
from medialab_agent.drivers.arduino.simulated.own_usb_simulator import OwnUsbSimulator, give_nodes
from medialab_agent.sdk.driver import DeviceLink
from medialab_wire.sightings import Sighting
from tests.drivers.arduino.session import Memory


@asynccontextmanager
async def plugged(simulator: OwnUsbSimulator, **settings: str) -> AsyncIterator[ArduinoDriver]:
    """A driver that hears of every change of the bus, as from discovery."""
    stack = AsyncExitStack()
    link = DeviceLink("board", (), Memory(), {"appears_s": "2", **give_nodes(stack, [simulator]), **settings})

    def show(sighting: Sighting) -> None:
        link.sightings = (sighting,)

    simulator.show = show
    await simulator.start()
    show(simulator.sighting())
    try:
        yield ArduinoDriver(link)
    finally:
        await simulator.stop()
        await stack.aclose()
