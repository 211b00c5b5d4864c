"""The driver of one Tello drone. It asks and never commands; what has to be changed, hands change."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.tello import checks, words
from medialab_agent.drivers.tello.address import address_of, local_key
from medialab_agent.drivers.tello.drone import ANSWER_S, STATE_PORT, Drone
from medialab_agent.drivers.tello.queries import Query
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import unreachable
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

KNOWN = "drone"
"""In the driver's memory: which drone this is."""
STILL_S = 2.5
"""Seconds its state is watched for; the motors' time counts whole ones."""


class TelloDriver(Driver):
    """See `Driver`. Settings: `answer_s`, `state_port`, `still_s`."""

    poll_s = 120.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._state_port = int(link.settings.get("state_port", STATE_PORT))
        self._answer_s = float(link.settings.get("answer_s", ANSWER_S))
        self._still_s = float(link.settings.get("still_s", STILL_S))

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its serial number, else its radio address, else where it is."""
        return local_key(sighting)

    async def probe(self) -> Probe:
        """Its serial number."""
        drone = await self._drone()
        return Probe("Tello", "drone", (await self._identity(drone),), facts={"model": "Tello"})

    async def report(self) -> Reading:
        """Battery, version of the SDK, and how well it is received."""
        drone = await self._drone()
        await self._identity(drone)
        facts: dict[str, Scalar] = {"model": "Tello", "sdk": await drone.ask(Query.SDK)}
        numbers = {"battery": await drone.ask(Query.BATTERY), "reception": await drone.ask(Query.WIFI)}
        return Reading(facts=facts, volatile={key: int(told) for key, told in numbers.items() if told is not None})

    async def snapshot(self) -> Mapping[str, Any]:
        """Which drone it is."""
        return {"drone": self._who(await (await self._drone()).ask(Query.SERIAL))}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """What changes anything is done by hand."""
        await self._identity(await self._drone())
        return _steps(order)

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """The one step that waits for nobody: a drone that is off is found before people go to work on it."""
        if step != words.MEET or order.action != "reset":
            raise ValueError(step.id)
        await self._identity(await self._drone())
        say(1.0)
        return Done(changed=False)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Everything is asked anew."""
        _steps(order)
        drone = await self._drone()
        known = str((order.baseline or {}).get("drone", ""))
        return (
            checks.same_drone(known, self._who(await drone.ask(Query.SERIAL))),
            await checks.battery(drone),
            await checks.still(drone, self._still_s),
        )

    async def find_me(self) -> None:
        """It cannot without spinning its propellers."""
        raise words.cannot_show()

    async def stop(self) -> None:
        """Nothing outlives a run: nothing was set in motion."""

    async def _drone(self) -> Drone:
        """Ready to answer, at the first address that does. Raises `Unreachable`."""
        trouble = unreachable("no address")
        for sighting in sorted(self.link.sightings, key=lambda one: not one.present):
            address = address_of(sighting)
            if address is not None:
                drone = Drone(*address, self._state_port, self._answer_s)
                await drone.enter()
                return drone
        raise trouble

    async def _identity(self, drone: Drone) -> Identity:
        """Raises `Unreachable` when another drone answers than before."""
        serial = await drone.ask(Query.SERIAL)
        who = self._who(serial)
        known = self.link.memory.get(KNOWN)
        if known and who and known != who:
            raise words.other_drone()
        if who and not known:
            self.link.memory.put(KNOWN, who)
        if serial:
            return Identity(kind=IdentityKind.SERIAL, value=serial, scope="ryze")
        if who:
            return Identity(kind=IdentityKind.MAC, value=who)
        return Identity(kind=IdentityKind.PLACE, value=f"{drone.host}:{drone.port}", scope="tello")

    def _who(self, serial: str | None) -> str:
        """Serial number, else radio address, else nothing."""
        return serial or next((one.facts["mac"] for one in self.link.sightings if one.facts.get("mac")), "")


def _steps(order: Order) -> tuple[Step, ...]:
    """Raises `Refused` for an order this driver does not know."""
    if order.action != "reset" or order.level not in words.BY_LEVEL:
        raise words.unknown_order(f"{order.action} {order.level or ''}")
    return words.BY_LEVEL[order.level]


DRIVER = TelloDriver
