"""A simulated toy box: the same protocol over a real socket, faults included."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

STAFF = ("story.txt", "song.mp3")
"""Files that belong to the device."""
STUBBORN = "stubborn.dat"
"""With `Fault.RESIDUE`: deleting it is acknowledged and changes nothing."""


@dataclass
class ToyBoxSimulator(Simulator):
    """One toy box on loopback."""

    port: int = 0
    files: list[str] = field(default_factory=lambda: list(STAFF))
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, on the same port after a restart."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Vanish."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def sighting(self) -> Sighting:
        """As if a person had typed its address in."""
        facts = {"scheme": "toy-box", "address": "127.0.0.1", "port": str(self.port)}
        return Sighting(source="manual", key=f"toy-box://127.0.0.1:{self.port}", facts=facts)

    def soil(self) -> None:
        """Three files of learners."""
        self.files += [f"drawing-{number}.png" for number in range(3)]
        if Fault.RESIDUE in self.faults:
            self.files.append(STUBBORN)

    def residue(self) -> Mapping[str, int]:
        """Files that do not belong to it."""
        return {"files": len([name for name in self.files if name not in STAFF])}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = (await reader.readline()).decode("utf-8", "replace").strip()
            answer = await self._answer(*command.partition(" ")[::2])
            if answer is not None:
                writer.write(answer + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, verb: str, subject: str) -> bytes | None:
        if Fault.HANG in self.faults:
            await asyncio.Event().wait()
        if Fault.SLOW in self.faults:
            await asyncio.sleep(0.1)
        if Fault.GARBAGE in self.faults:
            return b"\xff\xfe?%!"
        if Fault.LOCKED in self.faults and verb != "HELLO":
            return b"LOCKED"
        answers = {
            "HELLO": f"OK {self.serial} Toy box {self.serial}",
            "STATE": "OK 80 1.4",
            "LIST": f"OK {' '.join(self.files)}",
        }
        return answers[verb].encode() if verb in answers else await self._change(verb, subject)

    async def _change(self, verb: str, subject: str) -> bytes | None:
        if verb not in {"DELETE", "BEEP", "STOP"}:
            return b"NO such command"
        if verb == "DELETE":
            if Fault.DIE in self.faults:
                await self.stop()
                return None
            if Fault.REFUSE in self.faults:
                return b"NO"
            if subject != STUBBORN and subject in self.files:
                self.files.remove(subject)
        if verb != "STOP":
            self.log.append(Effect(time.monotonic(), verb.lower(), subject))
        return b"OK"


def scene() -> tuple[ToyBoxSimulator, ...]:
    """Four for the practice lab; one refuses to delete."""
    healthy = [ToyBoxSimulator(f"toy-box-{number}") for number in range(1, 4)]
    return (*healthy, ToyBoxSimulator("toy-box-4", {Fault.REFUSE}))
