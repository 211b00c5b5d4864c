"""Reads a small FAT drive without mounting it: the names at its top, and the begin of a file there.

Microsoft, FAT: General Overview of On-Disk Format, 1.03; FAT12 and FAT16 only, which is what boards show. Everything on
the drive is somebody else's: sizes are bounded, offsets are checked, long names are passed over."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

MOST_ENTRIES = 512
"""Entries of the root directory that are looked at."""
MOST_CLUSTERS = 4096
_SECTORS = frozenset({512, 1024, 2048, 4096})
_VOLUME_LABEL, _DIRECTORY, _LONG_NAME = 0x08, 0x10, 0x0F


class BadDrive(Exception):
    """Not a FAT12 or FAT16 drive, or not readable."""


@dataclass(frozen=True)
class Entry:
    """One name at the top, in upper case, `NAME.EXT`."""

    name: str
    cluster: int
    size: int
    is_folder: bool


class FatDrive:
    """An open drive, to be used with `with`. Blocking."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._fd = -1

    def __enter__(self) -> Self:
        """Raises `BadDrive`, also when it may not be read."""
        try:
            self._fd = os.open(self._node, os.O_RDONLY | os.O_CLOEXEC)
            # what an earlier look left in memory is no news
            os.posix_fadvise(self._fd, 0, 0, os.POSIX_FADV_DONTNEED)
            self._understand(self._read(0, 512))
        except OSError as error:
            self.__exit__()
            raise BadDrive(type(error).__name__) from error
        except BadDrive:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def entries(self) -> tuple[Entry, ...]:
        """What lies at the top. Raises `BadDrive`."""
        return tuple(self._entries())

    def begin_of(self, name: str, most: int) -> bytes | None:
        """At most so many bytes of a file at the top; None when there is none. Raises `BadDrive`."""
        found = next((entry for entry in self._entries() if entry.name == name.upper() and not entry.is_folder), None)
        if found is None:
            return None
        wanted, out, cluster = min(found.size, most), b"", found.cluster
        for _ in range(MOST_CLUSTERS):
            if len(out) >= wanted or not 2 <= cluster < self._last_cluster:
                break
            out += self._read(self._data + (cluster - 2) * self._cluster_size, self._cluster_size)
            cluster = self._next(cluster)
        return out[:wanted]

    def _understand(self, boot: bytes) -> None:
        def number(at: int, size: int) -> int:
            return int.from_bytes(boot[at : at + size], "little")

        sector, per_cluster, copies, per_table = number(11, 2), boot[13], boot[16], number(22, 2)
        self._count = number(17, 2)
        if boot[510:] != b"\x55\xaa" or sector not in _SECTORS or not per_cluster or not 1 <= copies <= 4:
            raise BadDrive("no boot sector")
        if not per_table or not self._count:
            raise BadDrive("neither FAT12 nor FAT16")
        self._cluster_size = sector * per_cluster
        self._table = number(14, 2) * sector
        self._root = self._table + copies * per_table * sector
        self._data = self._root + -(-self._count * 32 // sector) * sector
        total = (number(19, 2) or number(32, 4)) * sector
        clusters = max(0, total - self._data) // self._cluster_size
        self._is_12 = clusters < 4085
        self._last_cluster = clusters + 2

    def _entries(self) -> Iterator[Entry]:
        table = self._read(self._root, min(self._count, MOST_ENTRIES) * 32)
        for at in range(0, len(table), 32):
            raw = table[at : at + 32]
            if raw[0] == 0:
                return
            kind = raw[11]
            if raw[0] == 0xE5 or kind & _LONG_NAME == _LONG_NAME or kind & _VOLUME_LABEL:
                continue
            name, ending = raw[:8].decode("cp437").rstrip(), raw[8:11].decode("cp437").rstrip()
            cluster, size = int.from_bytes(raw[26:28], "little"), int.from_bytes(raw[28:32], "little")
            yield Entry(f"{name}.{ending}".rstrip(".").upper(), cluster, size, bool(kind & _DIRECTORY))

    def _next(self, cluster: int) -> int:
        if not self._is_12:
            return int.from_bytes(self._read(self._table + 2 * cluster, 2), "little")
        pair = int.from_bytes(self._read(self._table + cluster * 3 // 2, 2), "little")
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    def _read(self, at: int, size: int) -> bytes:
        try:
            data = os.pread(self._fd, size, at)
        except OSError as error:
            raise BadDrive(type(error).__name__) from error
        if len(data) != size:
            raise BadDrive("cut off")
        return data
