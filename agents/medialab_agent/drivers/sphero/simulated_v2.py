"""The inside of a simulated robot in version 2 of Sphero's API."""

from medialab_agent.drivers.sphero.packets_v2 import BadPacket, Collector, Command, Packet
from medialab_agent.drivers.sphero.simulated import Inside
from medialab_agent.drivers.sphero.toys import text_of
from medialab_agent.sdk.simulator import Fault

UNKNOWN_DEVICE, UNKNOWN_COMMAND, FAILED = 1, 2, 6
"""Error codes (spherov2, controls/v2)."""
MOVES = 22
"""The device whose commands move a robot."""
_LIGHTS = {Command.LIGHTS_8: 1, Command.LIGHTS_16: 2, Command.LIGHTS_32: 4}


class InsideV2(Inside):
    """Answers packets; refuses commands for another processor than the model's."""

    def begin(self) -> None:
        """Somebody connected."""
        self._collector = Collector()

    async def receive(self, data: bytes) -> None:
        """What was written to the API."""
        await self.shell.hesitate()
        try:
            packets = self._collector.feed(data)
        except BadPacket:
            return
        for packet in packets:
            self._take(packet)

    def _take(self, packet: Packet) -> None:
        known = {command.value: command for command in Command}
        command = known.get((packet.device, packet.command))
        if packet.device == MOVES:
            self.shell.did("move")
        if command is None:
            self._answer(packet, UNKNOWN_COMMAND)
            return
        told = self._reading(command)
        if told is None and self.shell.dies():
            return
        if told is not None:
            self._answer(packet, 0, told)
        else:
            self._answer(packet, self._change(command, packet.data))

    def _answer(self, packet: Packet, error: int, data: bytes = b"") -> None:
        frame = Packet(packet.device, packet.command, packet.sequence, data, packet.target, error).build()
        if Fault.GARBAGE in self.shell.faults:
            frame = b"\x8d\x09\x01\xd8"
        for at in range(0, len(frame), 20):
            self.shell.send(frame[at : at + 20])

    def _reading(self, command: Command) -> bytes | None:
        readings = {
            Command.WAKE: b"",
            Command.FIRMWARE: b"\0\x06\0\x05\0\x2a",
            Command.BATTERY_STATE: b"\x01",
            Command.BATTERY_PERCENT: bytes([self.battery]),
            Command.NAME: self.name.encode() + b"\0",
            Command.PICTURES: b"".join(number.to_bytes(2, "big") for number in range(self.pictures)),
        }
        if command is Command.WAKE:
            self.is_awake = True
        return readings.get(command)

    def _change(self, command: Command, data: bytes) -> int:
        if command is Command.SLEEP:
            self.sleep()
        elif command is Command.SET_NAME:
            self.rename(text_of(data))
        elif command is Command.DELETE_PICTURES:
            return self.delete_pictures(FAILED)
        elif command in _LIGHTS:
            self.shine(any(data[_LIGHTS[command] :]))
        return 0
