"""What a reset has to do, as data: baseline and inventory in, lists of work out. Pure.

A baseline holds fingerprints instead of names wherever a name could be a person's."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.android_adb.inventory import Inventory, fingerprint
from medialab_agent.drivers.android_adb.profiles import Profile

FORMAT = 1
"""Version of the baseline's form."""


def baseline_of(now: Inventory, profile: Profile) -> dict[str, Any]:
    """What a device is to look like again; None where it could not be read."""
    return {
        "format": FORMAT,
        "profile": profile.id,
        "apps": dict(now.apps) if now.apps is not None else None,
        "settings": {scope: _watched(now, profile, scope) for scope in profile.settings},
        "wifi": sorted(set(now.wifi.values())) if now.wifi is not None else None,
        "bonds": sorted(now.bonds) if now.bonds is not None else None,
        "admins": sorted(now.admins) if now.admins is not None else None,
        "volumes": sorted(now.volumes) if now.volumes is not None else None,
        "users": now.users,
        "accounts": {kind: n for kind, n in (now.accounts or {}).items() if _any(kind, profile.accounts)},
        "counts": dict(now.counts),
        "files": {path_id(path): size for path, size in now.files.items()} if now.files is not None else None,
        "app_files": [path_id(path) for path in now.app_files] if now.app_files is not None else None,
        "tmp_files": [path_id(path) for path in now.tmp_files] if now.tmp_files is not None else None,
    }


def path_id(path: str) -> str:
    """Fingerprint of a path."""
    return fingerprint("path", path)


def is_usable(baseline: Mapping[str, Any]) -> bool:
    """Whether a baseline is of a form this driver knows."""
    return baseline.get("format") == FORMAT


def _watched(now: Inventory, profile: Profile, scope: str) -> dict[str, str] | None:
    values = now.settings.get(scope)
    return {key: values[key] for key in profile.settings[scope] if key in values} if values is not None else None


def _any(value: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Change:
    """One setting to put back; None deletes it."""

    scope: str
    key: str
    value: str | None


@dataclass(frozen=True)
class Files:
    """What to delete on /sdcard: files, whole trees of vanished apps, and folders that will be empty, deepest first."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many entries go."""
        return len(self.files) + len(self.folders)


@dataclass(frozen=True)
class Wanted:
    """The work between a device and its baseline."""

    now: Inventory
    baseline: Mapping[str, Any]
    profile: Profile

    def apps_to_close(self) -> list[str]:
        """Third-party apps that run."""
        return sorted(set(self.now.apps or ()) & (self.now.running or frozenset()))

    def apps_to_remove(self) -> list[str]:
        """Third-party apps the baseline does not know. Nothing when either list is unreadable."""
        kept = self.baseline.get("apps")
        return sorted(set(self.now.apps or ()) - set(kept)) if kept is not None else []

    def apps_to_clear(self) -> list[str]:
        """Kept apps and the class's own: browser, keyboard, contacts. Always all: nothing tells used from unused."""
        kept = set(self.baseline.get("apps") or ()) & set(self.now.apps or ())
        return sorted(kept) + [name for name in self.profile.clearable(self.now.installed or ()) if name not in kept]

    def files_to_delete(self) -> Files:
        """Whatever learners' folders and apps' outer folders hold beyond the baseline; others are not touched."""
        known = self.baseline.get("files")
        if self.now.files is None or known is None:
            return Files()
        extra = {
            path: size
            for path, size in self.now.files.items()
            if self._may_delete(path, size) and path_id(path) not in known
        }
        files = [path for path, size in extra.items() if size >= 0]
        folders = sorted((path for path, size in extra.items() if size < 0), key=lambda path: -path.count("/"))
        app_files = self.app_files_to_delete()
        return Files(tuple(files + app_files), tuple(folders + _app_folders(app_files)))

    def _may_delete(self, path: str, size: int) -> bool:
        inside = self.profile.is_learners(path) or (size < 0 and self.profile.leads_to_learners(path))
        return inside and not self.profile.is_ignored(path)

    def app_files_to_delete(self) -> list[str]:
        """Files in Android/media of kept apps and anything of apps that are not installed.

        Android/data of kept apps is left to `pm clear`: what stays there shows that it was refused."""
        known = set(self.baseline.get("app_files") or ())
        installed, kept = self.now.installed or frozenset(), set(self.baseline.get("apps") or ())
        found = []
        for path in self.now.app_files or ():
            kind, _, rest = path.removeprefix("/sdcard/Android/").partition("/")
            app = rest.partition("/")[0]
            orphan = bool(installed) and app not in installed and kind in ("data", "media", "obb")
            if path_id(path) not in known and (orphan or (kind == "media" and app in kept)):
                found.append(path)
        return found

    def settings_to_restore(self) -> list[Change]:
        """Watched settings that differ."""
        changes = []
        for scope, keys in self.profile.settings.items():
            now, then = self.now.settings.get(scope), (self.baseline.get("settings") or {}).get(scope)
            if now is None or then is None:
                continue
            changes += [Change(scope, key, then.get(key)) for key in keys if now.get(key) != then.get(key)]
        return changes

    def wifi_to_forget(self) -> list[int]:
        """Network ids the baseline does not know."""
        known = self.baseline.get("wifi")
        return [nid for nid, name in (self.now.wifi or {}).items() if name not in known] if known is not None else []


def _app_folders(files: list[str]) -> list[str]:
    """Folders of deleted outer files up to the app's own, deepest first; `rmdir` keeps those that are not empty."""
    folders = set()
    for path in files:
        parts = path.split("/")
        folders |= {"/".join(parts[:depth]) for depth in range(5, len(parts))}
    return sorted(folders, key=lambda path: -path.count("/"))
