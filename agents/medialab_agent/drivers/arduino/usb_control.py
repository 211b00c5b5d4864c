"""Control requests to one USB device through its node, as the Linux kernel offers them (linux/usbdevice_fs.h)."""

import ctypes
import fcntl
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from medialab_agent.drivers.arduino.serial_port import unplugged
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

_TRANSFER = struct.Struct("@BBHHHIP")
"""struct usbdevfs_ctrltransfer."""
CONTROL = 0xC000_5500 | _TRANSFER.size << 16
CLAIM = 0x8004_550F
"""USBDEVFS_CONTROL, USBDEVFS_CLAIMINTERFACE."""
SETUP = struct.Struct("<BBHHH")
TO_HOST = 0x80
ANSWER_MS = 3000
STALLED = b"\1"


class Stalled(Exception):
    """The device refused this request."""


class Line(Protocol):
    """One request after the other. Blocking."""

    def control(self, kind: int, number: int, value: int, index: int, data: bytes | int) -> bytes:
        """`data`: bytes for the device, or how many are wanted. Raises `Stalled`, `OSError`, `TimeoutError`."""


@contextmanager
def opened_node(path: Path, interface: int) -> Iterator[Line]:
    """The device behind this node, one of its interfaces claimed. Raises `DeviceTrouble`."""
    try:
        is_socket = stat.S_ISSOCK(path.stat().st_mode)
        line: Node | Messages = Messages(path) if is_socket else Node(path, interface)
    except PermissionError as error:
        raise _not_allowed() from error
    except OSError as error:
        raise unplugged(type(error).__name__) from error
    try:
        yield line
    finally:
        line.close()


class Node:
    """A real device."""

    def __init__(self, path: Path, interface: int) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._interface = struct.pack("@I", interface)
        try:
            fcntl.ioctl(self._fd, CLAIM, self._interface)
        except OSError:
            os.close(self._fd)
            raise

    def control(self, kind: int, number: int, value: int, index: int, data: bytes | int) -> bytes:
        """See `Line`."""
        content, length = (b"\0" * data, data) if isinstance(data, int) else (data, len(data))
        room = ctypes.create_string_buffer(content, max(1, length))
        wish = bytearray(_TRANSFER.pack(kind, number, value, index, length, ANSWER_MS, ctypes.addressof(room)))
        try:
            moved = fcntl.ioctl(self._fd, CONTROL, wish)
        except BrokenPipeError as error:
            raise Stalled from error
        return room.raw[: min(moved, length)] if kind & TO_HOST else b""

    def close(self) -> None:
        """Let go of it."""
        os.close(self._fd)


class Messages:
    """A simulated device: whole messages over a socket."""

    def __init__(self, path: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(ANSWER_MS / 1000)
        try:
            self._line.connect(str(path))
        except OSError:
            self._line.close()
            raise

    def control(self, kind: int, number: int, value: int, index: int, data: bytes | int) -> bytes:
        """See `Line`."""
        length = data if isinstance(data, int) else len(data)
        sent = b"" if isinstance(data, int) else data
        self._line.send(SETUP.pack(kind, number, value, index, length) + sent)
        answer = self._line.recv(1 + 4096)
        if not answer:
            raise ConnectionResetError
        if answer[:1] == STALLED:
            raise Stalled
        return answer[1 : 1 + length]

    def close(self) -> None:
        """Let go of it."""
        self._line.close()


def _not_allowed() -> NeedsPerson:
    return NeedsPerson(
        "usb-not-allowed",
        Text(
            de="Der Agent darf dieses USB-Gerät nicht benutzen.",
            en="The agent may not use this USB device.",
        ),
        Text(
            de="Die Regeln für USB-Geräte neu einrichten lassen („medialab-agent doctor“ sagt, wie).",
            en="Have the rules for USB devices set up again (“medialab-agent doctor” says how).",
        ),
    )
