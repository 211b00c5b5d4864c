"""Carries the project's simulated robots to the guest's Bluetooth: bumble's air in a process of its own."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medialab_agent.sdk.air import advertised, described
from medialab_agent.sdk.peripheral import AttRefusal, Peripheral
from tests.virtual_lab.image.recipe import PROJECT, LabError
from tests.virtual_lab.vm import Vm

PYTHON = PROJECT / ".cache/peers/bumble/bin/python"
RADIO = Path(__file__).with_name("radio.py")
READY_S = 120.0
LONGEST_LINE = 1 << 20
Message = dict[str, Any]
POWERED = (
    "for n in $(seq 150); do busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered 2>/dev/null"
    " | grep -q true && exit 0; busctl set-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered b true"
    " 2>/dev/null; sleep 0.2; done; exit 1"
)
"""A script for the guest: until its adapter is on."""
OFF = "busctl set-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered b false"
SILENT_S = 10.0
"""Seconds the robots have to hang up at the end."""


class Ether:
    """A `Carrier`. Enter it to bring the controller up in the guest, then `carry` peripherals."""

    def __init__(self, vm: Vm) -> None:
        self._vm = vm
        self._peripherals: dict[str, Peripheral] = {}
        self._asked: dict[str, asyncio.Queue[Message]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._ready = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self.most_connected = 0

    async def __aenter__(self) -> "Ether":
        if not PYTHON.exists():
            raise LabError("bumble is missing; `make peers` installs it.")
        where = f"tcp-client:127.0.0.1:{self._vm.ports['controller']}"
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            PYTHON, RADIO, where, stdin=pipe, stdout=pipe, limit=LONGEST_LINE
        )
        self._tasks.append(asyncio.create_task(self._listen()))
        async with asyncio.timeout(READY_S):
            await self._ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        await self._fall_silent()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _fall_silent(self) -> None:
        """All connections end before their controller is gone: the guest's kernel damages its own lists otherwise."""
        for one in self._peripherals.values():
            one.vanish()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SILENT_S):
                while any(one.is_connected for one in self._peripherals.values()):
                    await asyncio.sleep(0.05)
        await asyncio.to_thread(self._vm.run, "/bin/sh", "-c", OFF)

    def carry(self, peripherals: Sequence[Peripheral]) -> None:
        """Put them on the air; who is switched on is heard at once."""
        for one in peripherals:
            one.carrier = self
            self._peripherals[one.address] = one
            self._asked[one.address] = asyncio.Queue()
            self._tasks.append(asyncio.create_task(self._work(one)))
            self._say({"add": {**advertised(one), "mtu": one.mtu, "table": described(one)}})

    def advertises(self, peripheral: Peripheral) -> None:
        """See `Carrier`."""
        self._say({"advertise": dict(advertised(peripheral))})

    def notifies(self, peripheral: Peripheral, uuid: str, value: bytes) -> None:
        """See `Carrier`; the subscription itself is kept by bumble's GATT server."""
        self._say({"notify": uuid.lower(), "of": peripheral.address, "value": value.hex()})

    def hangs_up(self, peripheral: Peripheral) -> None:
        """See `Carrier`."""
        self._say({"hang_up": peripheral.address})

    def _say(self, message: Message) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            if "ready" in told:
                self._ready.set()
            elif "connected" in told:
                self._connected(self._peripherals[told["connected"]])
            elif "disconnected" in told:
                self._peripherals[told["disconnected"]].disconnected()
            else:
                self._asked[told["of"]].put_nowait(told)

    def _connected(self, peripheral: Peripheral) -> None:
        if peripheral.is_taken():
            self.hangs_up(peripheral)
            return
        peripheral.connected()
        self.most_connected = max(self.most_connected, sum(one.is_connected for one in self._peripherals.values()))

    async def _work(self, peripheral: Peripheral) -> None:
        """One request after the other, as ATT demands; a robot that hangs holds up its own rest."""
        while True:
            asked = await self._asked[peripheral.address].get()
            try:
                if "read" in asked:
                    answer: Message = {"value": (await peripheral.read(asked["read"])).hex()}
                else:
                    await peripheral.write(asked["write"], bytes.fromhex(asked["value"]))
                    answer = {}
            except AttRefusal as refusal:
                answer = {"error": refusal.code}
            self._say({"id": asked["id"], **answer})
