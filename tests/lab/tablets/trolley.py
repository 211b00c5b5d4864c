"""A trolley of thirty simulated tablets behind Debian's real adb server, as a program of its own.

    python -m tests.lab.tablets.trolley --latency 0.05

One word a line on standard input, one line of JSON in answer: `appear` connects all and tells when adb listed each
(monotonic seconds, the same clock in every process), `soil`, `trouble` gives the bad ones their faults, `cure` takes
them away again, `residue` tells what is left by the devices' own account, `asked` when each was told something since
the last `soil` (wall clock seconds). It ends when its standard input does."""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, LENOVO, OPPO, TABLET, XIAOMI, Model
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.drivers.android_adb.simulator_traces import leave
from medialab_agent.sdk.simulator import Fault

GOOD = tuple(f"GOOD{number:04d}" for number in range(1, 25))
HANGS, DIES, PIN, REFUSES, PLANTED, KEEPS = "HANG0001", "DIES0001", "PIN00001", "REFU0001", "PLAN0001", "KEEP0001"
BAD = (HANGS, DIES, PIN, REFUSES, PLANTED, KEEPS)
ALL = GOOD + BAD
FAULTS = {HANGS: Fault.HANG, DIES: Fault.DIE, REFUSES: Fault.REFUSE, KEEPS: Fault.RESIDUE}
TRACES = {PIN: "lock", PLANTED: "memory-card"}
"""Somebody set a screen lock; somebody left a memory card in: no step removes either."""


def model_of(number: int, serial: str) -> Model:
    """A mixed trolley; the maker that refuses is the one that does in the field."""
    return OPPO if serial == REFUSES else (GALAXY, LENOVO, TABLET, XIAOMI)[number % 4]


class Asked(list[str]):
    """What a tablet is told, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, item: str) -> None:
        """Note the moment, too."""
        super().append(item)
        self.times.append(time.time())


class Trolley:
    """All tablets and their adb server."""

    def __init__(self, latency_s: float) -> None:
        self.server = AdbServer()
        self.tablets = {
            serial: AndroidSimulator(serial, model=model_of(at, serial), latency_s=latency_s, hang_reads=False)
            for at, serial in enumerate(ALL)
        }
        self.told = {serial: Asked() for serial in ALL}
        for serial, told in self.told.items():
            self.tablets[serial].body.asked = told

    async def start(self) -> dict[str, Any]:
        """The server alone: nothing is plugged in yet."""
        await self.server.start()
        return {"adb_port": self.server.port}

    async def stop(self) -> None:
        """Take everything down."""
        await self.server.stop()
        await asyncio.gather(*(tablet.stop() for tablet in self.tablets.values()))

    async def appear(self) -> dict[str, float]:
        """Plug all in at once; when adb first listed each as ready."""
        connecting = asyncio.create_task(self.server.connect(self.tablets.values()))
        by_address: dict[str, float] = {}
        while len(by_address) < len(self.tablets):
            for device in await self.server.client.devices():
                if device.state == "device":
                    by_address.setdefault(device.serial, time.monotonic())
            await asyncio.sleep(0.005)
        await connecting
        return {serial: by_address[tablet.address] for serial, tablet in self.tablets.items()}

    async def soil(self) -> dict[str, Any]:
        """A group uses every tablet."""
        for serial, tablet in self.tablets.items():
            tablet.soil()
            self.told[serial].times.clear()
        return {}

    async def asked(self) -> dict[str, list[float]]:
        """When each tablet was told something since it was used."""
        return {serial: told.times for serial, told in self.told.items()}

    async def trouble(self) -> dict[str, Any]:
        """The bad ones turn bad."""
        for serial, fault in FAULTS.items():
            self.tablets[serial].faults.add(fault)
        for serial, trace in TRACES.items():
            leave(self.tablets[serial].state, trace)
        self.tablets[KEEPS].soil()
        return {}

    async def cure(self) -> dict[str, Any]:
        """The bad ones are mended, and the one that died is plugged in again."""
        for serial in BAD:
            self.tablets[serial].faults.clear()
        self.tablets[PIN].state.lock = "None"
        self.tablets[PLANTED].state.volumes.clear()
        gone = [tablet for tablet in self.tablets.values() if not tablet.is_listening]
        await self.server.connect(gone)
        return {"plugged": [tablet.serial for tablet in gone]}

    async def residue(self) -> dict[str, Any]:
        """What is left; clean ones are left out."""
        return {serial: dict(left) for serial, tablet in self.tablets.items() if (left := tablet.residue())}


async def serve(latency_s: float) -> None:
    """Run until standard input ends."""
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    trolley = Trolley(latency_s)
    try:
        say(await trolley.start())
        while word := (await words.readline()).decode().strip():
            say(await getattr(trolley, word)())
    finally:
        await trolley.stop()


def say(answer: dict[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05)
    asyncio.run(serve(parser.parse_args().latency))
