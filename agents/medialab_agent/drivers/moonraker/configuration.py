"""The printer's settings: files with what they include, and what Klipper really loaded; compared by checksum."""

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.machine import Machine
from medialab_agent.drivers.moonraker.storage import list_root, text
from medialab_agent.sdk.printer import no_baseline

CONFIG = "config"
FIRST = ("printer.cfg", "moonraker.conf")
MOST_CONFIG_FILES = 200
_INCLUDE = re.compile(rb"^\[include\s+([^\]\r\n]{1,300})\]", re.MULTILINE)
"""https://www.klipper3d.org/Config_Reference.html#include"""


@dataclass(frozen=True)
class Configuration:
    """SHA-256 of each file, and of what Klipper loaded (None: it does not run)."""

    files: Mapping[str, str]
    loaded: str | None

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "Configuration":
        """Read a snapshot back. Raises `Refused`."""
        try:
            loaded = baseline["loaded"]
            files = {str(path): str(content) for path, content in baseline["config"].items()}
            return cls(files, None if loaded is None else str(loaded))
        except (KeyError, TypeError, AttributeError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """JSON for the snapshot."""
        return {"config": dict(self.files), "loaded": self.loaded}

    def differences(self, other: "Configuration") -> int:
        """Files changed, added or gone, and one more when Klipper loaded something else."""
        names = self.files.keys() | other.files.keys()
        changed = sum(self.files.get(name) != other.files.get(name) for name in names)
        return changed + (self.loaded is not None and other.loaded is not None and self.loaded != other.loaded)


async def read_configuration(client: Client, machine: Machine) -> Configuration:
    """Everything afresh. What is included from outside the settings folder shows only in what Klipper loaded."""
    there = [entry.path for entry in (await list_root(client, CONFIG)).files()]
    waiting, files = [name for name in FIRST if name in there], dict[str, str]()
    while waiting and len(files) < MOST_CONFIG_FILES:
        path = waiting.pop(0)
        content = await text(client, CONFIG, path)
        files[path] = hashlib.sha256(content).hexdigest()
        waiting += [name for name in _included(path, content, there) if name not in files and name not in waiting]
    return Configuration(files, await _loaded(client) if machine.is_ready else None)


def _included(path: str, content: bytes, there: list[str]) -> list[str]:
    found = []
    for raw in _INCLUDE.findall(content):
        pattern = posixpath.normpath(posixpath.join(posixpath.dirname(path), raw.decode(errors="replace").strip()))
        found += [name for name in there if _is_meant(pattern, name)]
    return found


def _is_meant(pattern: str, name: str) -> bool:
    """A star stops at a slash, as in a shell."""
    wanted, parts = pattern.split("/"), name.split("/")
    return len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted))


async def _loaded(client: Client) -> str:
    found = (await client.query(models.Status, {"configfile": "config"})).status.get("configfile", {})
    return hashlib.sha256(json.dumps(found.get("config"), sort_keys=True).encode()).hexdigest()
