"""Somebody else's tablets as a program: one behind an adb server of its owner, one that waits to be connected to.

Says `{"server": port, "near": address}` once both are there; answers each line of input with what was done to them."""

import asyncio
import json
import sys

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_server import AdbServer


def say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Until the input ends."""
    elsewhere, near = AndroidSimulator("FOREIGN0001"), AndroidSimulator("FOREIGN0002")
    for device in (elsewhere, near):
        await device.start()
        device.soil()
    server = AdbServer()
    try:
        await server.start()
        await server.connect([elsewhere])
        before = {device.serial: device.residue() for device in (elsewhere, near)}
        for device in (elsewhere, near):
            device.log.clear()
        say(server=server.port, near=near.address)
        asked = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
        while await asked.readline():
            done = {d.serial: [f"{effect.verb} {effect.subject}" for effect in d.log] for d in (elsewhere, near)}
            say(done=done, same=before == {d.serial: d.residue() for d in (elsewhere, near)})
    finally:
        await server.stop()
        for device in (elsewhere, near):
            await device.stop()


if __name__ == "__main__":
    asyncio.run(main())
