"""Tells when a device node is opened and closed, by inotify(7); the standard library has no word for it."""

import ctypes
import os
import struct

IN_CLOSE = 0x08 | 0x10
IN_OPEN = 0x20
"""linux/inotify.h"""
_HEAD = struct.Struct("iIII")


class Opens:
    """Watches one node. `fd` is readable when there is news."""

    def __init__(self, path: str) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0 or libc.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN | IN_CLOSE) < 0:
            raise OSError(ctypes.get_errno(), f"inotify: {path}")

    def news(self) -> list[bool]:
        """In order: True for each time it was opened, False for each time it was closed."""
        try:
            data = os.read(self.fd, 4096)
        except BlockingIOError:
            return []
        found = []
        while data:
            _watch, mask, _cookie, length = _HEAD.unpack_from(data)
            data = data[_HEAD.size + length :]
            if mask & (IN_OPEN | IN_CLOSE):
                found.append(bool(mask & IN_OPEN))
        return found

    def close(self) -> None:
        """Stop watching."""
        os.close(self.fd)
