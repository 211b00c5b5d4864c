"""What the simulated Moonraker keeps: files in roots, print history, queue, a few items of its database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

FREE = 8_000_000_000
ROOTS = {"config": True, "logs": False, "gcodes": True, "timelapse": True, "timelapse_frames": False}
"""Name, and whether what is in it may be changed from outside."""


@dataclass
class Store:
    """Files by root and path; folders end without a slash."""

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    folders: set[tuple[str, str]] = field(default_factory=set)
    history: list[dict[str, Any]] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    database: dict[tuple[str, str], Any] = field(default_factory=dict)
    _jobs: int = 0

    def put(self, root: str, path: str, content: bytes) -> None:
        """Store a file and the folders above it."""
        self.files[root, path] = content
        folder = path.rpartition("/")[0]
        while folder:
            self.folders.add((root, folder))
            folder = folder.rpartition("/")[0]

    def has_folder(self, root: str, path: str) -> bool:
        """Whether it is a folder, or the root itself."""
        return root in ROOTS and (not path or (root, path) in self.folders)

    def remove_folder(self, root: str, path: str) -> None:
        """Delete a folder with its content."""
        inside = f"{path}/"
        self.folders = {f for f in self.folders if f != (root, path) and not (f[0] == root and f[1].startswith(inside))}
        self.files = {k: v for k, v in self.files.items() if not (k[0] == root and k[1].startswith(inside))}

    def directory(self, root: str, path: str) -> dict[str, Any]:
        """As `GET /server/files/directory` shows it."""
        about = {"modified": 1.0, "permissions": "rw" if ROOTS[root] else "r"}
        dirs = [{**about, "size": 4096, "dirname": name} for name in self._inside(self.folders, root, path)]
        files = [
            {**about, "size": len(self.files[root, f"{path}/{name}".lstrip("/")]), "filename": name}
            for name in self._inside(set(self.files), root, path)
        ]
        usage = {"total": 2 * FREE, "used": FREE, "free": FREE}
        return {"dirs": dirs, "files": files, "disk_usage": usage, "root_info": {"name": root, **about}}

    @staticmethod
    def _inside(paths: set[tuple[str, str]], root: str, folder: str) -> Iterator[str]:
        for at, path in sorted(paths):
            parent, _, name = path.rpartition("/")
            if at == root and parent == folder:
                yield name

    def listing(self, root: str) -> list[dict[str, Any]]:
        """As `GET /server/files/list` shows it."""
        found = sorted((path, content) for (at, path), content in self.files.items() if at == root)
        return [{"path": path, "modified": 1.0, "size": len(content), "permissions": "rw"} for path, content in found]

    def note_print(self, file: str, status: str) -> None:
        """One more entry of the history."""
        self._jobs += 1
        self.history.append({"job_id": f"{self._jobs:06X}", "filename": file, "status": status, "user": "No User"})
