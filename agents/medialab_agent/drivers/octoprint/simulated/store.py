"""What the simulated OctoPrint keeps: files on two storages, timelapses, printer profiles."""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

FREE = 8_000_000_000


def default_profile(model: str) -> dict[str, Any]:
    """A profile as OctoPrint ships it (1.11)."""
    axis = {"inverted": False, "speed": 6000}
    extruder: dict[str, Any] = {"count": 1, "defaultExtrusionLength": 5, "nozzleDiameter": 0.4, "offsets": [[0.0, 0.0]]}
    volume = {"custom_box": False, "depth": 200.0, "formFactor": "rectangular", "height": 200.0, "origin": "lowerleft"}
    return {
        "id": "_default",
        "name": "Default",
        "model": model,
        "color": "default",
        "axes": {"e": {**axis, "speed": 300}, "x": axis, "y": axis, "z": {**axis, "speed": 200}},
        "extruder": {**extruder, "sharedNozzle": False},
        "heatedBed": True,
        "heatedChamber": False,
        "volume": {**volume, "width": 200.0},
    }


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = {
        k: _merged(v, change[k]) if isinstance(v, dict) and isinstance(change.get(k), dict) else change.get(k, v)
        for k, v in base.items()
    }
    return {**{k: v for k, v in change.items() if k not in base}, **merged}


@dataclass
class Store:
    """Files by origin and path; folders end without a slash."""

    model: str
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    movies: list[str] = field(default_factory=list)
    frames: dict[str, int] = field(default_factory=dict)
    rendering: dict[str, float] = field(default_factory=dict)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    selected: str = "_default"
    default: str = "_default"

    def __post_init__(self) -> None:
        self.profiles.setdefault("_default", default_profile(self.model))

    def put(self, path: str, content: bytes, origin: str = "local") -> None:
        """Store a file and the folders above it."""
        self.files[origin, path] = content
        self.add_folder(path.rpartition("/")[0])

    def add_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        while path:
            self.folders.add(path)
            path = path.rpartition("/")[0]

    def remove(self, origin: str, path: str) -> bool:
        """Delete a file, or a folder with its content; False: there is none."""
        if self.files.pop((origin, path), None) is not None:
            return True
        if origin != "local" or path not in self.folders:
            return False
        inside = path + "/"
        self.folders = {f for f in self.folders if f != path and not f.startswith(inside)}
        self.files = {k: v for k, v in self.files.items() if k[0] != "local" or not k[1].startswith(inside)}
        return True

    def listing(self, origin: str | None = None) -> list[dict[str, Any]]:
        """As `GET /api/files?recursive=true` shows it."""
        found = list(self._children("")) if origin in {None, "local"} else []
        if origin in {None, "sdcard"}:
            found += [_entry(path, content, "sdcard") for (at, path), content in self.files.items() if at == "sdcard"]
        return found

    def _children(self, folder: str) -> Iterator[dict[str, Any]]:
        for path in sorted(self.folders):
            if path.rpartition("/")[0] == folder:
                name = path.rpartition("/")[2]
                about = {"name": name, "display": name, "path": path, "origin": "local", "type": "folder"}
                yield {**about, "typePath": ["folder"], "children": list(self._children(path))}
        for (origin, path), content in sorted(self.files.items()):
            if origin == "local" and path.rpartition("/")[0] == folder:
                yield _entry(path, content, "local")

    def timelapses(self, unrendered: bool, now: float) -> dict[str, Any]:
        """As `GET /api/timelapse` shows it. Frames in `rendering` become a movie at their time."""
        for name in [name for name, at in self.rendering.items() if at <= now]:
            del self.rendering[name]
            if self.frames.pop(name, None) is not None:
                self.movies.append(f"{name}.mp4")
        found: dict[str, Any] = {"config": {"type": "off"}, "enabled": True}
        found["files"] = [{"name": name, "bytes": 100, "size": "100.0B"} for name in self.movies]
        if unrendered:
            found["unrendered"] = [self._frames(name, count) for name, count in self.frames.items()]
        return found

    def _frames(self, name: str, count: int) -> dict[str, Any]:
        busy = name in self.rendering
        return {"name": name, "count": count, "recording": False, "rendering": busy, "processing": busy}

    def listed_profiles(self) -> dict[str, Any]:
        """As `GET /api/printerprofiles` shows it."""
        return {
            name: {
                **profile,
                "current": name == self.selected,
                "default": name == self.default,
                "resource": f"/api/printerprofiles/{name}",
            }
            for name, profile in self.profiles.items()
        }

    def change_profile(self, name: str, change: dict[str, Any]) -> None:
        """Merge a change into a profile, or add it; missing fields come from the standard profile."""
        change = deepcopy(change)
        if change.pop("default", False):
            self.default = name
        base = self.profiles.get(name, default_profile("Generic RepRap Printer"))
        self.profiles[name] = _merged(base, {**change, "id": name})

    def etag(self, value: Any) -> str:
        """Changes with the value."""
        return f'"{hashlib.sha1(json.dumps(value).encode(), usedforsecurity=False).hexdigest()}"'


def _entry(path: str, content: bytes, origin: str) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    about = {"name": name, "display": name, "path": path, "origin": origin, "type": "machinecode"}
    if origin == "sdcard":
        return {**about, "typePath": ["machinecode", "gcode"]}
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return {**about, "typePath": ["machinecode", "gcode"], "size": len(content), "hash": digest}
