"""Device classes as data: which rules fit a device, and what is special about its class."""

import fnmatch
import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medialab_wire.texts import Text


@dataclass(frozen=True)
class Profile:
    """One class. Patterns are fnmatch; folders are below /sdcard; commands are shell lines."""

    id: str
    kind: str
    when: Mapping[str, tuple[str, ...]]
    folders: tuple[str, ...]
    ignore: tuple[str, ...]
    clear: tuple[str, ...]
    settings: Mapping[str, tuple[str, ...]]
    accounts: tuple[str, ...] = ()
    """Account types such a device cannot work without; counted against the baseline."""
    awake: tuple[str, ...] = ()
    asleep: tuple[str, ...] = ()
    """Undoes `awake`."""
    model_property: str = "ro.product.model"
    note: Text | None = None

    def fits(self, props: Mapping[str, str]) -> bool:
        """Whether every named property matches one of its patterns."""
        return all(matches(props.get(key, "").lower(), patterns) for key, patterns in self.when.items())

    def is_learners(self, path: str) -> bool:
        """Whether a path of /sdcard lies in a folder learners fill."""
        return any(path.startswith(f"/sdcard/{folder}/") for folder in self.folders)

    def leads_to_learners(self, path: str) -> bool:
        """Whether a path is a learners' folder itself, or a folder on the way to one."""
        return any(f"/sdcard/{folder}/".startswith(path + "/") for folder in self.folders)

    def is_ignored(self, path: str) -> bool:
        """Whether Android itself makes this path again."""
        return matches(path, self.ignore)

    def clearable(self, installed: Iterable[str]) -> list[str]:
        """Installed system packages whose data is cleared."""
        return sorted(name for name in installed if matches(name, self.clear))

    def model(self, props: Mapping[str, str]) -> str:
        """The model's name as its maker writes it."""
        return props.get(self.model_property) or props.get("ro.product.model", "")


def matches(value: str, patterns: Iterable[str]) -> bool:
    """Whether any pattern fits, case-sensitive."""
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)


def choose(props: Mapping[str, str]) -> Profile:
    """The first class that fits; the last one fits everything."""
    return next(profile for profile in load() if profile.fits(props))


@functools.cache
def load() -> tuple[Profile, ...]:
    """All classes in the order of `profiles.toml`."""
    data = tomllib.loads(Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8"))
    return tuple(_profile(entry, data["common"]) for entry in data["profile"])


def _profile(entry: Mapping[str, Any], common: Mapping[str, Any]) -> Profile:
    return Profile(
        id=entry["id"],
        kind=entry["kind"],
        when={key: tuple(patterns) for key, patterns in entry["when"].items()},
        folders=(*common["folders"], *entry.get("folders", ())),
        ignore=tuple(common["ignore"]),
        clear=(*common["clear"], *entry.get("clear", ())),
        settings={scope: tuple(keys) for scope, keys in common["settings"].items()},
        accounts=tuple(entry.get("accounts", ())),
        awake=tuple(entry.get("awake", ())),
        asleep=tuple(entry.get("asleep", ())),
        model_property=entry.get("model_property", "ro.product.model"),
        note=Text(**entry["note"]) if "note" in entry else None,
    )
