"""The practice lab's tablets and headsets: what a real trolley looks like, troublemakers included."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, LENOVO, OPPO, PICO, QUEST, TABLET, VIVE, XIAOMI
from medialab_agent.drivers.android_adb.simulator_server import AdbServer, NoAdb
from medialab_agent.sdk.scene import SceneUnavailable
from medialab_agent.sdk.simulator import Fault, Simulator

FIRST_PORT = 26_101
"""Devices keep their ports, so that they are the same devices at the next start; a taken one is replaced."""
_FLEET = (
    *((GALAXY, f"R52X{number:04d}TAB", set[Fault]()) for number in range(1, 6)),
    *((LENOVO, f"HA1Y{number:04d}LEN", set[Fault]()) for number in range(1, 4)),
    (TABLET, "31041JEHN0001", set[Fault]()),
    (XIAOMI, "XM23073RPBF01", set[Fault]()),
    *((QUEST, f"340YC10G{number:04d}Q", set[Fault]()) for number in range(1, 5)),
    (PICO, "PA8110MGG0001", set[Fault]()),
    (VIVE, "FA25N4D00001", set[Fault]()),
    (OPPO, "OPD2102R0001", {Fault.REFUSE}),
    (GALAXY, "R52X0091PIN", {Fault.LOCKED}),
    (LENOVO, "HA1Y0092HNG", {Fault.HANG}),
    (XIAOMI, "XM0093RESIDUE", {Fault.RESIDUE}),
    (GALAXY, "R52X0094SLOW", {Fault.SLOW}),
    (LENOVO, "HA1Y0095NEW", set[Fault]()),
)
_ASKS = {"HA1Y0095NEW"}
"""Nobody has allowed the lab's computer on these yet."""


def scene() -> tuple[AndroidSimulator, ...]:
    """Twenty-two devices as staff prepared them; four misbehave, one is slow, one asks first. Not started yet.

    The hanging one still answers questions, so that a person can give it an order and see it fail."""
    return tuple(
        AndroidSimulator(
            serial,
            faults=set(faults),
            model=model,
            port=FIRST_PORT + at,
            latency_s=0.05,
            hang_reads=False,
            allow=serial not in _ASKS,
        )
        for at, (model, serial, faults) in enumerate(_FLEET)
    )


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """Put the devices behind an adb server of their own. Raises `SceneUnavailable` without an adb program."""
    devices = [simulator for simulator in simulators if isinstance(simulator, AndroidSimulator)]
    server = AdbServer()
    stack.push_async_callback(server.stop)
    try:
        await server.start()
    except NoAdb as error:
        raise SceneUnavailable("the program adb is missing: sudo apt install adb") from error
    for device in devices:
        stack.push_async_callback(device.stop)
    await server.connect(devices)
    ours = ",".join(device.address for device in devices)
    return server.settings | {"adb_connect": ours, "adb_only": "yes"}
