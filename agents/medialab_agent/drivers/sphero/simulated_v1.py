"""The inside of a simulated robot in version 1 of Sphero's API."""

import struct

from medialab_agent.drivers.sphero.packets_v1 import MARK, Answer, Command
from medialab_agent.drivers.sphero.packets_v2 import checksum
from medialab_agent.drivers.sphero.simulated import Inside
from medialab_agent.drivers.sphero.toys import text_of
from medialab_agent.sdk.simulator import Fault

UNKNOWN_COMMAND = 4
ROLLS = frozenset({(2, 48), (2, 49), (2, 51)})


class InsideV1(Inside):
    """Answers requests of version 1."""

    def begin(self) -> None:
        """Somebody connected."""
        self._waiting = bytearray()

    async def receive(self, data: bytes) -> None:
        """What was written to the sending characteristic."""
        await self.shell.hesitate()
        self._waiting += data
        while len(self._waiting) >= 6 and (size := 6 + self._waiting[5]) <= len(self._waiting):
            frame = bytes(self._waiting[:size])
            del self._waiting[:size]
            if frame[:2] == bytes([MARK, MARK]) and checksum(frame[2:-1]) == frame[-1]:
                self._take(frame)

    def _take(self, frame: bytes) -> None:
        asked, sequence, data = (frame[2], frame[3]), frame[4], frame[6:-1]
        if asked in ROLLS:
            self.shell.did("move")
        command = {one.value: one for one in Command}.get(asked)
        if command is None:
            self._answer(Answer(UNKNOWN_COMMAND, sequence, b""))
            return
        told = self._reading(command)
        if told is None:
            if self.shell.dies():
                return
            self._change(command, data)
        self._answer(Answer(0, sequence, told or b""))

    def _answer(self, answer: Answer) -> None:
        frame = b"\x01\x02\x03\x04\x05\x06" if Fault.GARBAGE in self.shell.faults else answer.build()
        for at in range(0, len(frame), 20):
            self.shell.send(frame[at : at + 20])

    def _reading(self, command: Command) -> bytes | None:
        readings = {
            Command.VERSIONS: bytes([2, 7, 1, 9, 17, 0x33, 0x10, 0x10]),
            Command.POWER_STATE: struct.pack(">BBHHH", 1, 2, 780, 12, 300),
            Command.NAME: self.name.encode().ljust(16, b"\0") + b"68:86:E7:00:00:01".ljust(18, b"\0"),
        }
        return readings.get(command)

    def _change(self, command: Command, data: bytes) -> None:
        if command is Command.SLEEP:
            self.sleep()
        elif command is Command.SET_NAME:
            self.rename(text_of(data))
        elif command is Command.LIGHT:
            self.shine(any(data))
