"""What a simulated Android device consists of, and what happens to it; no protocol here."""

import copy
import time
from dataclasses import dataclass, field

from medialab_agent.sdk.simulator import Effect, Fault


class DiedError(Exception):
    """The device dropped off its bus."""


class HungError(Exception):
    """The device will never answer this command."""


@dataclass
class App:
    """One installed package. `data` is bytes of private data, `running` whether a process lives."""

    version: int = 1
    system: bool = False
    data: int = 0
    stopped: bool = True
    running: bool = False
    protected: bool = False
    """A device administrator: cannot be uninstalled."""


@dataclass
class State:
    """Everything on the device that somebody could leave a trace in."""

    props: dict[str, str]
    apps: dict[str, App]
    files: dict[str, bytes] = field(default_factory=dict)
    dirs: set[str] = field(default_factory=set)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    wifi: dict[int, tuple[str, str]] = field(default_factory=dict)
    bonds: list[str] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)
    users: dict[int, str] = field(default_factory=lambda: {0: "Owner"})
    lock: str = "None"
    contacts: int = 0
    events: int = 0
    words: int = 0
    volumes: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    unindexed: set[str] = field(default_factory=set)
    """Files the media store does not know."""
    awake: bool = False
    controllers: dict[str, int] = field(default_factory=dict)
    """Side → battery of each controller that is awake."""
    boot: int = 1
    battery: int = 80


@dataclass
class Body:
    """A state, the state it was prepared in, its faults, and a log by its own account."""

    state: State
    faults: set[Fault]
    log: list[Effect]
    asked: list[str] = field(default_factory=list)
    """Every command line it was given, oldest first."""
    hang_reads: bool = True
    """With `Fault.HANG`: whether reading hangs too, or only what would change something."""

    reborn: State | None = None
    """After an erase was ordered: what the device will be once it has restarted."""

    def __post_init__(self) -> None:
        self.pristine = copy.deepcopy(self.state)

    def touch(self, verb: str, subject: str = "") -> None:
        """Called before every change: this is where a dying device dies and a hanging one hangs."""
        if Fault.DIE in self.faults:
            raise DiedError
        if Fault.HANG in self.faults:
            raise HungError
        self.log.append(Effect(time.monotonic(), verb, subject))

    def exists(self, path: str) -> bool:
        """Whether a file or a folder of that path is there."""
        return path in self.state.files or path in self.folders()

    def folders(self) -> set[str]:
        """All folders: the empty ones and those that hold something."""
        found: set[str] = set()
        for path in [*self.state.files, *(folder + "/" for folder in self.state.dirs)]:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return found

    def drop_file(self, path: str) -> None:
        """Delete a file; its folder stays, as on a real device."""
        del self.state.files[path]
        self.state.unindexed.discard(path)
        self.state.dirs.add(path.rpartition("/")[0])

    def drop_tree(self, root: str) -> None:
        """Delete a folder with everything in it."""
        for path in [path for path in self.state.files if path.startswith(root + "/")]:
            del self.state.files[path]
            self.state.unindexed.discard(path)
        self.state.dirs -= {folder for folder in self.state.dirs if folder == root or folder.startswith(root + "/")}

    def clear_app(self, name: str) -> None:
        """Erase an app's data as `pm clear` does: private data, its outer data folder, its process."""
        app = self.state.apps[name]
        data_root = f"/sdcard/Android/data/{name}"
        used = (
            app.data or app.running or not app.stopped or any(p.startswith(data_root + "/") for p in self.state.files)
        )
        providers = {"contacts": "contacts", "calendar": "events", "userdictionary": "words"}
        counter = providers.get(name.rpartition(".")[2]) if name.startswith("com.android.providers.") else None
        if not used and not (counter and getattr(self.state, counter)):
            return
        self.touch("clear", name)
        app.data, app.running, app.stopped = 0, False, True
        self.drop_tree(data_root)
        if counter:
            setattr(self.state, counter, 0)

    def uninstall(self, name: str) -> None:
        """Remove an app and its outer folders."""
        self.touch("uninstall", name)
        del self.state.apps[name]
        for kind in ("data", "obb", "media"):
            self.drop_tree(f"/sdcard/Android/{kind}/{name}")

    def wipe(self) -> None:
        """Have everything erased by the coming restart, as the test harness does; ordering it again adds nothing."""
        if self.reborn is not None:
            return
        self.touch("wipe")
        fresh = copy.deepcopy(self.pristine)
        fresh.apps = {name: app for name, app in fresh.apps.items() if app.system}
        fresh.files, fresh.dirs, fresh.wifi = {}, {"/sdcard/DCIM", "/sdcard/Pictures", "/sdcard/Download"}, {}
        fresh.boot, fresh.lock = self.state.boot + 1, "None"
        fresh.props = {**fresh.props, "persist.sys.test_harness": "1"}
        fresh.settings.setdefault("secure", {})["android_id"] = (
            f"{hash((fresh.props['ro.serialno'], fresh.boot)) & (2**64 - 1):016x}"
        )
        fresh.settings["secure"]["lockscreen.disabled"] = "1"
        self.reborn = fresh

    def restart(self) -> None:
        """Start again; an erase that was ordered has happened then. Android is up once `booted` is called."""
        self.state, self.reborn = self.reborn or self.state, None
        self.state.props["sys.boot_completed"] = "0"

    def booted(self) -> None:
        """Android is up."""
        self.state.props["sys.boot_completed"] = "1"

    def residue(self) -> dict[str, int]:
        """What differs from how it was prepared, counted."""
        now, then = self.state, self.pristine
        scopes = set(now.settings) | set(then.settings)
        counts = {
            "apps": len(set(now.apps) ^ set(then.apps)),
            "app-data": sum(1 for app in now.apps.values() if app.data),
            "files": len(set(now.files.items()) ^ set(then.files.items())),
            "folders": sum(1 for path in self.folders() - _folders_of(then) if not path.endswith("/.thumbnails")),
            "settings": sum(len(_differing(now.settings.get(s, {}), then.settings.get(s, {}))) for s in scopes),
            "wifi": len(set(now.wifi.values()) ^ set(then.wifi.values())),
            "bonds": len(set(now.bonds) ^ set(then.bonds)),
            "accounts": len(set(now.accounts) ^ set(then.accounts)),
            "users": len(set(now.users) ^ set(then.users)),
            "lock": int(now.lock != then.lock),
            "people": now.contacts + now.events + now.words,
            "volumes": len(set(now.volumes) ^ set(then.volumes)),
            "admins": len(set(now.admins) ^ set(then.admins)),
            "awake": int(now.awake),
            "guardian": int(now.props.get("debug.oculus.guardian_pause", "0") == "1"),
        }
        return {key: count for key, count in counts.items() if count}


def _folders_of(state: State) -> set[str]:
    return Body(state, set(), []).folders()


def _differing(now: dict[str, str], then: dict[str, str]) -> set[str]:
    return {key for key in set(now) | set(then) if now.get(key) != then.get(key)}
