"""Simulated Tello drones: the text commands of the real SDK over UDP, faults included. They know every question of the
SDK and no command; whoever sends anything else made a drone fly, and is told so loudly."""

import asyncio
import itertools
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, cast

from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

STATE_S = 0.1
"""Seconds between two state packets; the real one sends ten a second."""
PARTS = ("propellers", "batteries")
_HOSTS = itertools.cycle(range(2, 250))


class CommandHeard(AssertionError):
    """Somebody sent a drone something that is no question."""


class _Mouth(asyncio.DatagramProtocol):
    """The command port of one drone."""

    def __init__(self, drone: "TelloSimulator") -> None:
        self._drone = drone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `DatagramProtocol`."""
        self._transport = cast(asyncio.DatagramTransport, transport)  # uvloop's has no base in common

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """See `DatagramProtocol`."""
        answer = self._drone.answer(data.decode("ascii", "replace"), str(addr[0]))
        if answer is None or self._transport is None:
            return
        wait_s = self._drone.slow_s if Fault.SLOW in self._drone.faults else 0.0
        asyncio.get_running_loop().call_later(wait_s, self._send, answer, addr)

    def _send(self, answer: bytes, addr: tuple[str | Any, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, addr)


@dataclass
class TelloSimulator(Simulator):
    """One drone at a loopback address of its own. `serial` is its serial number; `has_serial`: whether its firmware
    tells it. `second_s`: how long a second of its motors' clock takes. `Fault.LOCKED`: somebody gave its network a
    password; `Fault.REFUSE`: it does not tell its battery; `Fault.RESIDUE`: its motors go on running."""

    has_serial: bool = True
    slow_s: float = 0.05
    second_s: float = 1.0
    state_port: int = 0
    host: str = ""
    port: int = 0
    wifi: str = ""
    missing: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wifi = self.factory_wifi
        self.host = self.host or f"127.0.0.{next(_HOSTS)}"
        self._motors_since: float | None = None
        self._listeners: set[str] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self._telling: asyncio.Task[None] | None = None

    @property
    def factory_wifi(self) -> str:
        """As on its label."""
        return f"TELLO-{self.serial[-6:]}"

    @property
    def label(self) -> str:
        """See `Simulator`."""
        return self.factory_wifi

    async def start(self) -> None:
        """Switch on: at the same address as before."""
        if self._transport is not None:
            return
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Mouth(self), local_addr=(self.host, self.port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        self._telling = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        """Switch off. Raises `CommandHeard` when somebody sent it anything but questions."""
        self.vanish()
        if self.commands:
            raise CommandHeard(", ".join(self.commands))

    def vanish(self) -> None:
        """Its battery is pulled."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._telling is not None:
            self._telling.cancel()
        self._listeners.clear()

    def sighting(self) -> Sighting:
        """As its own source shows it."""
        facts = {"address": self.host, "port": str(self.port)} | ({"serial": self.serial} if self.has_serial else {})
        return Sighting(source="tello", key=self.serial if self.has_serial else f"{self.host}:{self.port}", facts=facts)

    def answer(self, said: str, host: str) -> bytes | None:
        """What it answers to a packet; None: nothing."""
        if self.faults & {Fault.HANG, Fault.LOCKED}:
            return None
        words = self._answer(said.strip(), host)
        return os.urandom(32) if Fault.GARBAGE in self.faults else words.encode("ascii")

    def soil(self) -> None:
        """A group renamed its network, broke a propeller and took a battery along; its motors may still run."""
        self.wifi = "Drohne von Anna"
        self.missing = set(PARTS)
        if Fault.RESIDUE in self.faults:
            self.spin()

    def spin(self) -> None:
        """Its motors run, as after `motoron`."""
        self._motors_since = time.monotonic()

    def residue(self) -> Mapping[str, int]:
        """What is left of that."""
        found = {part: int(part in self.missing) for part in PARTS}
        return {"wifi": int(self.wifi != self.factory_wifi), "motors": int(self._motors_since is not None), **found}

    def hands(self, step: str) -> bool:
        """Holds its button, replaces what is broken."""
        if Fault.DIE in self.faults:
            self.vanish()
        if step in {"button", "wifi-name", "wifi-open"} and self.wifi != self.factory_wifi:
            self.wifi = self.factory_wifi
            self._did("wifi")
        if step in self.missing:
            self.missing.discard(step)
            self._did(step)
        return True

    def _answer(self, said: str, host: str) -> str:
        unknown = f"unknown command: {said}"
        match said:
            case "command":
                self._listeners.add(host)
                return "ok"
            case "battery?":
                return "error" if Fault.REFUSE in self.faults else "87\r\n"
            case "sn?":
                return self.serial if self.has_serial else unknown
            case "sdk?":
                return "20" if self.has_serial else unknown
            case "wifi?":
                return "90\r\n"
            case "time?":
                return f"{self._motor_time()}s\r\n"
            case "speed?":
                return "10.0\r\n"
        self.commands.append(said[:32])
        self._did("command", said[:32])
        return "error"

    def _motor_time(self) -> int:
        since = self._motors_since
        return 0 if since is None else int((time.monotonic() - since) / self.second_s)

    async def _tell(self) -> None:
        """State packets to everybody who turned the SDK on, from the drone's own address."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            mouth.bind((self.host, 0))
            mouth.setblocking(False)
            while True:
                await asyncio.sleep(STATE_S)
                silent = self.faults & {Fault.HANG, Fault.LOCKED}
                for host in [] if silent else self._listeners:
                    with suppress(OSError):
                        mouth.sendto(self._state(), (host, self.state_port))

    def _state(self) -> bytes:
        """SDK 2.0, “Tello State”, without mission pads."""
        if Fault.GARBAGE in self.faults:
            return os.urandom(64)
        words = (
            f"pitch:0;roll:0;yaw:12;vgx:0;vgy:0;vgz:0;templ:61;temph:63;tof:10;h:0;bat:87;baro:44.12;"
            f"time:{self._motor_time()};agx:4.00;agy:-2.00;agz:-999.00;\r\n"
        )
        return words.encode("ascii")

    def _did(self, verb: str, subject: str = "") -> None:
        self.log.append(Effect(time.monotonic(), verb, subject))


def scene() -> tuple[TelloSimulator, ...]:
    """Two for the practice lab; one has old firmware that tells no serial number, so it is never clean."""
    return (TelloSimulator("0TQDG2KEDB0101"), TelloSimulator("0TQDF6KEDB0202", has_serial=False))


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """An `OpenScene`: all tell their state to one free port, and the source asks nobody but them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        state_port = free.getsockname()[1]
    drones = [one for one in simulators if isinstance(one, TelloSimulator)]
    for drone in drones:
        drone.state_port = state_port
        await drone.start()
        stack.push_async_callback(drone.stop)
    asked = ",".join(f"{drone.host}:{drone.port}" for drone in drones)
    return {"drones": asked, "state_port": str(state_port), "every_s": "2"}
