"""The device's end of adb's file service (`sync:`), as AOSP SYNC.TXT describes it."""

import stat
import struct
from collections.abc import Awaitable, Callable

from medialab_agent.drivers.android_adb.simulator_state import Body
from medialab_agent.drivers.android_adb.simulator_wire import Stream

_MTIME = 1_700_000_000
_FILE, _FOLDER = stat.S_IFREG | 0o660, stat.S_IFDIR | 0o771
_CHUNK = 64 * 1024

Verb = Callable[[Stream, str, bytes], Awaitable[None]]


class SyncService:
    """Answers STAT, LIST, RECV, SEND and their second versions."""

    def __init__(self, body: Body) -> None:
        self._body = body

    async def serve(self, stream: Stream) -> None:
        """Until QUIT or the host closes."""
        verbs: dict[bytes, Verb] = {b"STAT": self._stat, b"STA2": self._stat2, b"LST2": self._stat2}
        verbs |= {b"LIST": self._list, b"LIS2": self._list2, b"SEND": self._send, b"RECV": self._recv}
        while True:
            verb, size = struct.unpack("<4sI", await stream.read(8))
            argument = (await stream.read(size)).decode("utf-8", "replace") if size else ""
            if verb == b"QUIT":
                return
            if verb not in verbs:
                await self._fail(stream, f"unknown command {verb!r}")
                return
            await verbs[verb](stream, argument, verb)

    def _mode_size(self, path: str) -> tuple[int, int]:
        path = path.rstrip("/") or "/"
        content = self._body.state.files.get(path)
        if content is not None:
            return _FILE, len(content)
        if path in ("/", "/sdcard", "/data/local/tmp") or path in self._body.folders():
            return _FOLDER, 4096
        return 0, 0

    def _children(self, folder: str) -> list[str]:
        folder = folder.rstrip("/")
        paths = self._body.state.files.keys() | self._body.folders()
        return sorted(path for path in paths if path.rpartition("/")[0] == folder)

    async def _stat(self, stream: Stream, path: str, _: bytes) -> None:
        mode, size = self._mode_size(path)
        await stream.write(b"STAT" + struct.pack("<III", mode, size, _MTIME if mode else 0))

    async def _stat2(self, stream: Stream, path: str, verb: bytes) -> None:
        mode, size = self._mode_size(path)
        await stream.write(verb + struct.pack("<I", 0 if mode else 2) + _stat_v2(mode, size))

    async def _list(self, stream: Stream, folder: str, _: bytes) -> None:
        for path in self._children(folder):
            mode, size = self._mode_size(path)
            name = path.rpartition("/")[2].encode()
            await stream.write(b"DENT" + struct.pack("<IIII", mode, size, _MTIME, len(name)) + name)
        await stream.write(b"DONE" + bytes(16))

    async def _list2(self, stream: Stream, folder: str, _: bytes) -> None:
        for path in self._children(folder):
            name = path.rpartition("/")[2].encode()
            body = _stat_v2(*self._mode_size(path)) + struct.pack("<I", len(name)) + name
            await stream.write(b"DNT2" + struct.pack("<I", 0) + body)
        await stream.write(b"DONE" + bytes(72))

    async def _send(self, stream: Stream, argument: str, _: bytes) -> None:
        path = argument.rpartition(",")[0]
        content = bytearray()
        while True:
            verb, size = struct.unpack("<4sI", await stream.read(8))
            if verb != b"DATA":
                break
            content += await stream.read(size)
        self._body.touch("push", path)
        self._body.state.files[path] = bytes(content)
        await stream.write(b"OKAY" + bytes(4))

    async def _recv(self, stream: Stream, path: str, _: bytes) -> None:
        content = self._body.state.files.get(path)
        if content is None:
            await self._fail(stream, "No such file or directory")
            return
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            await stream.write(b"DATA" + struct.pack("<I", len(chunk)) + chunk)
        await stream.write(b"DONE" + bytes(4))

    async def _fail(self, stream: Stream, reason: str) -> None:
        text = reason.encode()
        await stream.write(b"FAIL" + struct.pack("<I", len(text)) + text)


def _stat_v2(mode: int, size: int) -> bytes:
    """dev, ino, mode, nlink, uid, gid, size, atime, mtime, ctime."""
    return struct.pack("<QQIIIIQqqq", 0, 0, mode, 1, 0, 0, size, _MTIME, _MTIME, _MTIME)
