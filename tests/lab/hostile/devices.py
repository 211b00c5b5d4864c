"""Five simulated tablets, three of them named by somebody malicious, behind Debian's real adb server.

Prints the adb server's port as one JSON line; ends when its standard input does."""

import asyncio
import json
import sys
from dataclasses import replace

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import TABLET
from medialab_agent.drivers.android_adb.simulator_server import AdbServer

NAMES = {
    "PLAIN001": "Pixel Tablet",
    "PLAIN002": "Pixel Tablet",
    "MARKUP01": "<img src=x onerror=alert(1)>{{7*7}}${7*7}'\";--</script>",
    "CONTROL1": "a\x00b\x1b[2J\x07c\u202egpj.exe\u2066\u200f\rERROR forged\x85\u2028line",
    "LONG0001": "Ä" * 10_000,
}
"""Serial number → what the device says is its model."""


def tablet(serial: str, name: str) -> AndroidSimulator:
    """A tablet with that model name."""
    simulator = AndroidSimulator(serial, model=replace(TABLET, name=name))
    simulator.state.props["ro.product.device"] = "tangorpro"
    return simulator


async def serve() -> None:
    """Until standard input ends."""
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    server, tablets = AdbServer(), [tablet(serial, name) for serial, name in NAMES.items()]
    try:
        await server.start()
        await server.connect(tablets)
        print(json.dumps({"adb_port": server.port}), flush=True)
        await words.read()
    finally:
        await server.stop()
        await asyncio.gather(*(one.stop() for one in tablets))


if __name__ == "__main__":
    asyncio.run(serve())
