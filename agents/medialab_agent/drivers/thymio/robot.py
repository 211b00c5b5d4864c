"""One Thymio on an open line: what can be asked of it, and what little can be changed. None of that moves it."""

from dataclasses import dataclass

from medialab_agent.drivers.thymio import words
from medialab_agent.drivers.thymio.line import ANSWER_S, Line
from medialab_agent.drivers.thymio.messages import (
    DEVICE_INFO_SINCE,
    PROTOCOL,
    Frame,
    Info,
    Kind,
    NotAseba,
    Reader,
    State,
)
from medialab_agent.sdk.trouble import Unreachable

VARIABLES_MOST, PROGRAM_MOST, NAMED_MOST = 4_096, 8_192, 256
"""Words, words and names a description may announce; firmware 14: 650 and more, 1534, 46."""
PIECE = 40
"""Variables asked for at once; the radio carries 47 (vm-buffer.c, ASEBA_LIMITED_MESSAGE_SIZE)."""
NAME_MOST = 55
"""Bytes of a name the firmware keeps (struct thymio_device_info)."""
STORE_S = 8.0
"""Seconds to write the permanent memory and compare it."""
GATHER_S = 0.5
"""Seconds in which further robots behind one dongle are waited for."""
LIGHTS = "leds.top"
"""The only variable this program ever writes; 0 to 32 for red, green, blue (firmware 13 and later)."""


@dataclass(frozen=True)
class Layout:
    """How this robot's memory is laid out, by its own account. Variables by name: where they begin, how many."""

    program: int
    variables: int
    named: dict[str, tuple[int, int]]

    @property
    def free(self) -> int:
        """Where a program's own variables begin."""
        return sum(size for _, size in self.named.values())


class Robot:
    """Raises `Unreachable` for whatever does not answer."""

    def __init__(self, line: Line, node: int, protocol: int, layout: Layout) -> None:
        self._line, self._node, self._protocol, self.layout = line, node, protocol, layout

    @classmethod
    async def meet(cls, line: Line, known: Layout | None = None, *, by_radio: bool = False) -> "Robot":
        """The one robot on this line. `known`: its layout, when it was asked before."""
        await line.send(Kind.LIST_NODES, PROTOCOL)
        try:
            present = await line.expect(Kind.NODE_PRESENT, lambda _frame: True)
        except Unreachable as error:
            raise error if error.trouble.code != "device-unreachable" else words.silent() from error
        if by_radio:
            await _must_be_alone(line, present.source)
        protocol = _read(present).word()
        return cls(line, present.source, protocol, known or await _layout(line, present.source))

    @property
    def has_names(self) -> bool:
        """Whether its firmware knows names and numbers of its own."""
        return self._protocol >= DEVICE_INFO_SINCE

    async def name(self) -> str:
        """What somebody called it; empty by default, and for old firmware."""
        if not self.has_names:
            return ""
        reader = await self._info(Info.NAME)
        return reader.text()

    async def uuid(self) -> str:
        """The number Thymio Suite gave it once, as hex; empty when it never did."""
        if not self.has_names:
            return ""
        number = (await self._info(Info.UUID)).data()
        return number.hex() if len(number) == 16 and any(number) else ""

    async def rename(self, name: str) -> None:
        """Call it so from now on; cut to what it keeps. Returns when the robot is through with it."""
        data = name.encode()[:NAME_MOST].decode("utf-8", "ignore").encode()
        await self._line.send(Kind.SET_DEVICE_INFO, self._node, Info.NAME, len(data), tail=data)
        await self._through()

    async def state(self) -> State:
        """Where its machine is."""
        return await self._ask_state(Kind.GET_EXECUTION_STATE)

    async def stop(self) -> State:
        """Hold the program. The motors go on as they were told last; `reset` ends that."""
        return await self._ask_state(Kind.STOP)

    async def reset(self) -> State:
        """Hold the program at its start and set every variable to zero, the motors' included (AsebaVMResetCB)."""
        return await self._ask_state(Kind.RESET)

    async def load(self, start: int, content: tuple[int, ...]) -> State:
        """Put words into the program's memory and reset; nothing of it runs."""
        return await self._ask_state(Kind.SET_BYTECODE, start, *content)

    async def store(self) -> str:
        """Copy the working memory into the permanent one; what the robot says after it compared both."""
        await self._line.send(Kind.WRITE_BYTECODE, self._node)
        reader = _read(await self._line.expect(Kind.NODE_ERROR, self._is_mine, STORE_S))
        reader.word()
        return reader.text()

    async def values(self, name: str) -> tuple[int, ...]:
        """A named variable; empty when this firmware has none of that name."""
        start, size = self.layout.named.get(name, (0, 0))
        return await self._variables(start, size)

    async def left_behind(self) -> int:
        """How many of a program's own variables are not zero."""
        start = self.layout.free
        return sum(bool(value) for value in await self._variables(start, self.layout.variables - start))

    async def shine(self, red: int, green: int, blue: int) -> None:
        """Light on top, 0 to 32 each; returns when it shines. Raises `Refused` for firmware without it."""
        start, size = self.layout.named.get(LIGHTS, (0, 0))
        if size != 3:
            raise words.cannot_show()
        await self._line.send(Kind.SET_VARIABLES, self._node, start, red, green, blue)
        await self._through()

    async def _through(self) -> None:
        """What has no answer of its own is done when the next question is answered; closing too early loses it."""
        await self.state()

    async def _info(self, info: Info) -> Reader:
        await self._line.send(Kind.GET_DEVICE_INFO, self._node, info)
        fits = lambda frame: self._is_mine(frame) and frame.payload[:1] == bytes([info])  # noqa: E731
        reader = _read(await self._line.expect(Kind.DEVICE_INFO, fits))
        reader.byte()
        return reader

    async def _ask_state(self, kind: Kind, *content: int) -> State:
        await self._line.send(kind, self._node, *content)
        reader = _read(await self._line.expect(Kind.EXECUTION_STATE, self._is_mine))
        return State(reader.word(), reader.word())

    async def _variables(self, start: int, size: int) -> tuple[int, ...]:
        found: list[int] = []
        while len(found) < size:
            at, number = start + len(found), min(PIECE, size - len(found))
            await self._line.send(Kind.GET_VARIABLES, self._node, at, number)
            answer = _read(await self._line.expect(Kind.VARIABLES, self._is_mine))
            if answer.word() != at or not (piece := answer.words()):
                raise words.garbled()
            found += piece
        return tuple(found[:size])

    def _is_mine(self, frame: Frame) -> bool:
        return frame.source == self._node


async def _must_be_alone(line: Line, node: int) -> None:
    try:
        await line.expect(Kind.NODE_PRESENT, lambda frame: frame.source != node, GATHER_S)
    except Unreachable as error:
        if error.trouble.code == "device-unreachable":
            return
        raise
    raise words.several()


async def _layout(line: Line, node: int) -> Layout:
    await line.send(Kind.GET_NODE_DESCRIPTION, node, PROTOCOL)
    head = _read(await line.expect(Kind.DESCRIPTION, lambda frame: frame.source == node))
    head.text()
    _protocol, program, _stack, variables, count = (head.word() for _ in range(5))
    named: dict[str, tuple[int, int]] = {}
    start = 0
    for _ in range(min(count, NAMED_MOST)):
        one = _read(await line.expect(Kind.VARIABLE_DESCRIPTION, lambda frame: frame.source == node, ANSWER_S))
        size, name = one.word(), one.text()
        named[name] = (start, size)
        start += size
    if start > variables or variables > VARIABLES_MOST or not 3 < program <= PROGRAM_MOST:
        raise words.garbled()
    return Layout(program, variables, named)


class _Checked(Reader):
    """A payload that is too short counts as a garbled answer."""

    def _take(self, number: int) -> bytes:
        try:
            return super()._take(number)
        except NotAseba as error:
            raise words.garbled() from error


def _read(frame: Frame) -> Reader:
    return _Checked(frame.payload)
