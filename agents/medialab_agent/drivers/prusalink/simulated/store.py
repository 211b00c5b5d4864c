"""The files of the simulated PrusaLink. It looks at its disk only now and then, as the real one does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FREE = 12_000_000_000
DIRECTORY = "PrusaLink gcodes"
"""What a Pi calls the folder of its files, in the addresses of their content."""


@dataclass
class File:
    """Content and time of the last change; None content: a folder."""

    content: bytes | None
    changed: int

    @property
    def kind(self) -> str:
        """PrusaLink's word."""
        return "FOLDER" if self.content is None else "PRINT_FILE"


@dataclass
class Store:
    """Storages by name, files by path. `rescan_s`: how old a listing may be (`DIR_RESCAN_INTERVAL`, 0.8.1: 1 s)."""

    now: Callable[[], float]
    is_buddy: bool
    rescan_s: float
    disks: dict[str, dict[str, File]] = field(default_factory=dict)
    read_only: frozenset[str] = frozenset()
    free: int = FREE
    _seen: dict[str, dict[str, File]] = field(default_factory=dict)
    _seen_at: float = float("-inf")

    def put(self, storage: str, path: str, content: bytes | None, changed: int) -> None:
        """Write a file, or make a folder with None; folders above come by themselves."""
        parts = path.split("/")
        for count in range(1, len(parts)):
            self.disks[storage].setdefault("/".join(parts[:count]), File(None, changed))
        if content is not None or path not in self.disks[storage]:
            self.disks[storage][path] = File(content, changed)

    def remove(self, storage: str, path: str) -> None:
        """Delete a file, or a folder with its content."""
        disk = self.disks[storage]
        for found in [p for p in disk if p == path or p.startswith(path + "/")]:
            del disk[found]

    def scan(self, force: bool = False) -> dict[str, dict[str, File]]:
        """What it knows of its disks."""
        if force or self.now() - self._seen_at >= self.rescan_s:
            self._seen = {name: dict(disk) for name, disk in self.disks.items()}
            self._seen_at = self.now()
        return self._seen

    def info(self, storage: str, path: str) -> dict[str, Any] | None:
        """A file, or a folder with what is directly in it; None: there is none."""
        known = self.scan().get(storage)
        if known is None or (path and path not in known):
            return None
        here = known[path] if path else File(None, 0)
        about = self._about(storage, path or storage, here)
        if here.content is not None:
            return {**about, "size": len(here.content), "refs": {"download": self._address(storage, path)}}
        start = f"{path}/" if path else ""
        below = [(p, f) for p, f in known.items() if p.startswith(start) and "/" not in p[len(start) :] and p != path]
        return {**about, "children": [self._about(storage, p, f) for p, f in below]}

    def _about(self, storage: str, path: str, file: File) -> dict[str, Any]:
        name = path.rpartition("/")[2]
        about = {"name": name, "display_name": name, "type": file.kind, "m_timestamp": file.changed}
        read_only = storage in self.read_only
        if self.is_buddy:  # it tells no size in its lists
            return {**about, "ro": read_only}
        return {**about, "read_only": read_only, "size": len(file.content or b"")}

    def _address(self, storage: str, path: str) -> str | None:
        if self.is_buddy:
            return f"/usb/{path}"
        return f"/api/files/{storage}/{DIRECTORY}/{path}/raw" if storage == "local" else None

    def storages(self) -> list[dict[str, Any]]:
        """As `GET /api/v1/storage` lists them."""
        kinds = {"local": "LOCAL", "usb": "USB", "sdcard": "SDCARD"}
        wanted = ("usb",) if self.is_buddy else ("local", "sdcard")
        return [
            {
                "type": kinds[name],
                "path": f"/{name}/" if self.is_buddy else f"/{name}",
                "name": name,
                "available": name in self.disks,
                "read_only": name in self.read_only,
                **({"free_space": self.free} if name in self.disks else {}),
            }
            for name in wanted
        ]
