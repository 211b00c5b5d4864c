"""The inside of a simulated Thymio II: the machine of Aseba with the memory of firmware 14. It runs no program, but
knows what a program would begin with; whoever touches its motors is told so loudly."""

import os
import struct
import time
from collections.abc import Callable

from medialab_agent.drivers.thymio.messages import HEAD, PAYLOAD_MOST, PROTOCOL, Info, Kind
from medialab_agent.sdk.simulator import Fault

NAMED = (
    ("_id", 1), ("event.source", 1), ("event.args", 32), ("_fwversion", 2), ("_productId", 1), ("buttons._raw", 5),
    ("button.backward", 1), ("button.left", 1), ("button.center", 1), ("button.forward", 1), ("button.right", 1),
    ("buttons._mean", 5), ("buttons._noise", 5), ("prox.horizontal", 7), ("prox.comm.rx._payloads", 7),
    ("prox.comm.rx._intensities", 7), ("prox.comm.rx", 1), ("prox.comm.tx", 1), ("prox.ground.ambiant", 2),
    ("prox.ground.reflected", 2), ("prox.ground.delta", 2), ("motor.left.target", 1), ("motor.right.target", 1),
    ("_vbat", 2), ("_imot", 2), ("motor.left.speed", 1), ("motor.right.speed", 1), ("motor.left.pwm", 1),
    ("motor.right.pwm", 1), ("_integrator", 2), ("acc", 3), ("leds.top", 3), ("leds.bottom.left", 3),
    ("leds.bottom.right", 3), ("leds.circle", 8), ("temperature", 1), ("rc5.address", 1), ("rc5.command", 1),
    ("mic.intensity", 1), ("mic.threshold", 1), ("mic._mean", 1), ("timer.period", 2), ("acc._tap", 1),
    ("sd.present", 1),
)  # fmt: skip
"""skel-usb-user.c, firmware 14."""
EVENTS = ("button.center", "prox", "timer0", "timer1")
NATIVES = ("_system.reboot", "leds.top", "sound.record")
FREE, PROGRAM, STACK, NODE = 512, 1534, 32, 1
ACTIVE, HELD = 1, 2
START_EVENT = 0xFFFF
CHANGING = {Kind.SET_BYTECODE, Kind.RESET, Kind.STOP, Kind.WRITE_BYTECODE, Kind.SET_DEVICE_INFO}
FULL = (810, 812)
"""_vbat of a charged battery, 4.07 V together."""


class MotorTouched(AssertionError):
    """Somebody wrote a variable of the motors."""


def _offsets() -> dict[str, tuple[int, int]]:
    found, start = {}, 0
    for name, size in NAMED:
        found[name] = (start, size)
        start += size
    return found


OFFSETS = _offsets()
USED = sum(size for _, size in NAMED)


def _text(words: str) -> bytes:
    data = words.encode()
    return bytes([len(data)]) + data


class Thymio:
    """A `Board` behind a port. `note` is told what changed that outlives a reset; `die` unplugs it."""

    def __init__(self, name: str, uuid: bytes, faults: set[Fault], note: Callable[[str], None]) -> None:
        self.name, self.uuid, self.faults, self._note = name, uuid, faults, note
        self.node, self.neighbours = NODE, 0
        self.protocol = PROTOCOL
        self.slow_s = 0.01
        self.program = [0] * PROGRAM
        self.flash = [0] * PROGRAM
        self.has_card, self.recordings = False, 0
        self.pc = self.flags = 0
        self.variables = [0] * (USED + FREE)
        self.die: Callable[[], None] = lambda: None
        self._buffer = bytearray()
        self._reset_variables()

    def switch_on(self) -> None:
        """Starts with what its permanent memory holds."""
        self.program = list(self.flash)
        self.pc = self.flags = 0
        self._reset_variables()

    def value(self, name: str) -> list[int]:
        """A named variable."""
        start, size = OFFSETS[name]
        return self.variables[start : start + size]

    def set(self, name: str, *values: int) -> None:
        """As the robot's own body or program does."""
        start, size = OFFSETS[name]
        self.variables[start : start + size] = values[:size]

    def opened(self) -> None:
        """See `Board`."""
        self._buffer.clear()

    def closed(self) -> None:
        """See `Board`."""

    def said(self) -> bytes:
        """See `Board`."""
        return b""

    def heard(self, data: bytes, _baud: int) -> bytes:
        """See `Board`."""
        self._buffer += data
        answer = b""
        while len(self._buffer) >= HEAD.size:
            length, _source, kind = HEAD.unpack_from(self._buffer)
            if length > PAYLOAD_MOST or len(self._buffer) < HEAD.size + length:
                break
            payload = bytes(self._buffer[HEAD.size : HEAD.size + length])
            del self._buffer[: HEAD.size + length]
            answer += self._answered(kind, payload)
        return answer

    def _answered(self, kind: int, payload: bytes) -> bytes:
        if self.faults & {Fault.HANG, Fault.LOCKED}:
            return b""
        if Fault.SLOW in self.faults:
            time.sleep(self.slow_s)
        if Fault.DIE in self.faults and kind in CHANGING:
            self.die()
            return b""
        answer = self._obeyed(kind, payload)
        return os.urandom(len(answer)) if Fault.GARBAGE in self.faults else answer

    def _obeyed(self, kind: int, payload: bytes) -> bytes:
        """vm.c, AsebaVMDebugMessage."""
        if kind == Kind.LIST_NODES:
            nodes = range(self.node, self.node + 1 + self.neighbours)
            return b"".join(self._say(Kind.NODE_PRESENT, struct.pack("<H", self.protocol), node) for node in nodes)
        words = struct.unpack(f"<{len(payload) // 2}H", payload[: len(payload) // 2 * 2])
        if not words or words[0] != self.node:
            return b""
        return self._commanded(kind, words[1:], payload)

    def _commanded(self, kind: int, words: tuple[int, ...], payload: bytes) -> bytes:
        commands: dict[int, Callable[[], bytes]] = {
            Kind.SET_BYTECODE: lambda: self._loaded(words[0], words[1:]),
            Kind.RESET: self._reset,
            Kind.STOP: self._held,
            Kind.GET_EXECUTION_STATE: self._state,
            Kind.GET_VARIABLES: lambda: self._read(words[0], words[1]),
            Kind.SET_VARIABLES: lambda: self._written(words[0], words[1:]),
            Kind.WRITE_BYTECODE: self._stored,
            Kind.GET_NODE_DESCRIPTION: self._described,
            Kind.GET_DEVICE_INFO: lambda: self._info(words[0]),
            Kind.SET_DEVICE_INFO: lambda: self._renamed(words[0], payload[6 : 6 + words[1]]),
        }
        return commands.get(kind, bytes)()

    def _loaded(self, start: int, words: tuple[int, ...]) -> bytes:
        self.program[start : start + len(words)] = words
        return self._reset()

    def _held(self) -> bytes:
        self.flags = HELD
        return self._state()

    def _read(self, start: int, size: int) -> bytes:
        part = self.variables[start : start + size]
        return self._say(Kind.VARIABLES, struct.pack(f"<H{len(part)}h", start, *part))

    def _reset(self) -> bytes:
        """RESET zeroes every variable and looks for a card (main.c, AsebaVMResetCB); the program stays, held."""
        self.flags = HELD
        self._reset_variables()
        table = self.program[0]
        begins = [self.program[at + 1] for at in range(1, table, 2) if self.program[at] == START_EVENT]
        if begins and begins[0]:
            self.pc, self.flags = begins[0], HELD | ACTIVE
        return self._state()

    def _reset_variables(self) -> None:
        self.variables = [0] * (USED + FREE)
        self.set("_id", self.node)
        self.set("_fwversion", 14, 0)
        self.set("_productId", 8)
        self.set("_vbat", *FULL)
        self.set("sd.present", int(self.has_card))

    def _state(self) -> bytes:
        return self._say(Kind.EXECUTION_STATE, struct.pack("<HH", self.pc, self.flags))

    def _written(self, start: int, values: tuple[int, ...]) -> bytes:
        for name, (begin, size) in OFFSETS.items():
            if name.startswith("motor.") and start < begin + size and begin < start + len(values):
                self._note("motor")
                raise MotorTouched(name)
        self.variables[start : start + len(values)] = values
        return b""

    def _stored(self) -> bytes:
        """skel-usb.c, AsebaWriteBytecode; an error of the node holds the program as well (vm.c)."""
        self.flags = HELD
        if Fault.REFUSE in self.faults:
            return self._say(
                Kind.NODE_ERROR, struct.pack("<H", self.pc) + _text("Error: Unable to flash bytecode (2) !")
            )
        if self.flash != self.program:
            self.flash = list(self.program)
            self._note("flash")
        return self._say(Kind.NODE_ERROR, struct.pack("<H", self.pc) + _text("Flashing OK"))

    def _info(self, info: int) -> bytes:
        """skel-usb.c, AsebaHandleDeviceInfoMessages, as is the next."""
        content = {1: self.uuid, 2: self.name.encode(), 3: struct.pack("<HHH", 0x404F, self.node, 0xFFFF)}[info]
        return self._say(Kind.DEVICE_INFO, bytes([info, len(content)]) + content)

    def _renamed(self, info: int, data: bytes) -> bytes:
        name = data.decode("utf-8", "replace")
        if info == Info.NAME and Fault.RESIDUE not in self.faults and name != self.name:
            self.name = name
            self._note("name")
        return b""

    def _described(self) -> bytes:
        """vm-buffer.c, AsebaSendDescription."""
        counts = (self.protocol, PROGRAM, STACK, len(self.variables), len(NAMED), len(EVENTS), len(NATIVES))
        answer = self._say(Kind.DESCRIPTION, _text("thymio-II") + struct.pack("<7H", *counts))
        for name, size in NAMED:
            answer += self._say(Kind.VARIABLE_DESCRIPTION, struct.pack("<H", size) + _text(name))
        for event in EVENTS:
            answer += self._say(0x9002, _text(event) + _text(""))
        for native in NATIVES:
            answer += self._say(0x9003, _text(native) + _text("") + struct.pack("<H", 0))
        return answer

    def _say(self, kind: int, payload: bytes, node: int | None = None) -> bytes:
        return HEAD.pack(len(payload), self.node if node is None else node, kind) + payload
