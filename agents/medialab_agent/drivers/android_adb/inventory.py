"""What a device says about itself: the commands to ask, and pure parsers that survive any answer.

Outputs as measured or read in AOSP (PackageManagerShellCommand, WifiShellCommand, SettingsService, dumpsys services).
A value of None means "could not be read", which is never the same as "nothing there"."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.drivers.android_adb.headset import CONTROLLER_COMMANDS, parse_controllers
from medialab_agent.drivers.android_adb.sections import Section

SCOPES = ("global", "secure", "system")
FILE_COMMANDS = {
    "files": "find /sdcard/ -mindepth 1 -path /sdcard/Android -prune -o -exec stat -c '%F|%s|%n' {} +",
    "app-files": "find /sdcard/Android -mindepth 1 -type f",
    "tmp": "find /data/local/tmp -mindepth 1 -type f",
}
APP_COMMANDS = {
    "packages": "pm list packages --show-versioncode",
    "third": "pm list packages -3 --show-versioncode",
    "running": "ps -A -o NAME",
}
SETTING_COMMANDS = {scope: f"settings list {scope}" for scope in SCOPES}
WIFI_COMMANDS = {"wifi": "cmd wifi list-networks"}
_QUERY = "content query --uri content://{} --projection _id"
COUNT_COMMANDS = {
    "images": _QUERY.format("media/external/images/media"),
    "video": _QUERY.format("media/external/video/media"),
    "audio": _QUERY.format("media/external/audio/media"),
    "contacts": _QUERY.format("com.android.contacts/raw_contacts"),
    "events": _QUERY.format("com.android.calendar/events"),
    "words": _QUERY.format("user_dictionary/words"),
}
PROPS_COMMAND = {"props": "getprop"}
COMMANDS = {
    **PROPS_COMMAND,
    "battery": "dumpsys battery",
    "storage": "stat -fc %S:%b:%a /data",
    "users": "pm list users",
    "accounts": "dumpsys account",
    "volumes": "sm list-volumes public",
    "bluetooth": "dumpsys bluetooth_manager | head -n 400",
    "lock": "dumpsys lock_settings",
    "lock-off": "locksettings get-disabled",
    "admins": "dumpsys device_policy",
    "vr-power": "dumpsys oculus.internal.power.IVrPowerManager/default | head -n 1",
    **CONTROLLER_COMMANDS,
    **APP_COMMANDS,
    **SETTING_COMMANDS,
    **WIFI_COMMANDS,
    **COUNT_COMMANDS,
    **FILE_COMMANDS,
}
"""The whole inventory, one script."""

_PROP = re.compile(r"^\[([^\]]+)\]: \[(.*?)\]?$")
_PACKAGE = re.compile(r"^package:([A-Za-z0-9_.]+)(?: versionCode:(\d+))?")
_USER = re.compile(r"UserInfo\{(\d+):")
_ACCOUNT_COUNT = re.compile(r"^\s*Accounts: (\d+)\s*$", re.MULTILINE)
_ACCOUNT = re.compile(r"Account \{name=.*, type=([A-Za-z0-9_.\-]+)\}")
_ENTRY = re.compile(r"^([a-z][a-z /-]*)\|(\d+)\|(/sdcard/.+)$")
_WIFI = re.compile(r"^\s*(\d+)\s+(.*?)\s+(\S+)\s*$")
_BOND = re.compile(r"^\s*((?:[0-9A-FX]{2}:){5}[0-9A-F]{2})\b", re.IGNORECASE)
_ADMIN = re.compile(r"^\s+([\w.]+/[\w.$]+):\s*$")
_CREDENTIAL = re.compile(r"CredentialType:\s*(\w+)", re.IGNORECASE)
_VOLUME = re.compile(r"^public:\S+\s+mounted\s+(\S+)")
_PATH = re.compile(r"^/(?!.*(?://|/\.\.?(?:/|$)))[^\x00]+$")


def fingerprint(*parts: object) -> str:
    """A short hash that recognises a thing again without telling what it is."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(frozen=True)
class Inventory:
    """One reading of a device. Held in memory only: it knows names that must not leave the agent."""

    props: Mapping[str, str] = field(default_factory=dict)
    battery: Mapping[str, str] | None = None
    storage: tuple[int, int] | None = None
    """(total, free) bytes of /data."""
    installed: frozenset[str] | None = None
    apps: Mapping[str, int] | None = None
    """Third-party packages and their versionCode."""
    running: frozenset[str] | None = None
    users: int | None = None
    accounts: Mapping[str, int] | None = None
    """Count by account type."""
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    """Rows of media, contacts, calendar, dictionary; what could not be counted is missing."""
    files: Mapping[str, int] | None = None
    """Path → size in bytes, folders −1, all of /sdcard but Android/."""
    odd_files: int = 0
    """Lines of the listing that are no entry: names with line breaks."""
    app_files: tuple[str, ...] | None = None
    tmp_files: tuple[str, ...] | None = None
    wifi: Mapping[int, str] | None = None
    """Network id → fingerprint."""
    bonds: frozenset[str] | None = None
    admins: frozenset[str] | None = None
    volumes: frozenset[str] | None = None
    lock_set: bool | None = None
    kept_awake: bool | None = None
    controllers: Mapping[str, int | None] | None = None
    """Headsets: side → battery of each paired controller."""

    @property
    def serial(self) -> str:
        """ro.serialno, or empty."""
        return self.props.get("ro.serialno", "")


def parse(sections: Mapping[str, Section]) -> Inventory:
    """Read whatever sections are there."""
    files, odd = parse_files(sections.get("files"))
    packages, third = parse_packages(sections.get("packages")), parse_packages(sections.get("third"))
    counts = {name: count for name in COUNT_COMMANDS if (count := parse_rows(sections.get(name))) is not None}
    settings = {scope: values for scope in SCOPES if (values := parse_settings(sections.get(scope))) is not None}
    return Inventory(
        props=parse_props(sections.get("props")),
        battery=parse_battery(sections.get("battery")),
        storage=parse_storage(sections.get("storage")),
        installed=frozenset(packages) if packages else None,
        apps=third if packages else None,
        running=parse_running(sections.get("running")),
        users=parse_users(sections.get("users")),
        accounts=parse_accounts(sections.get("accounts")),
        settings=settings,
        counts=counts,
        files=files,
        odd_files=odd,
        app_files=parse_paths(sections.get("app-files"), "/sdcard/Android"),
        tmp_files=parse_paths(sections.get("tmp"), "/data/local/tmp"),
        wifi=parse_wifi(sections.get("wifi")),
        bonds=parse_block(sections.get("bluetooth"), "Bonded devices:", _BOND),
        admins=parse_block(sections.get("admins"), "Enabled Device Admins", _ADMIN),
        volumes=parse_volumes(sections.get("volumes")),
        lock_set=parse_lock(sections.get("lock"), sections.get("lock-off")),
        kept_awake=parse_kept_awake(sections.get("vr-power")),
        controllers=parse_controllers(sections.get("controllers")),
    )


def parse_props(section: Section | None) -> dict[str, str]:
    """`[key]: [value]`; of a value over several lines the first is kept."""
    return {found[1]: found[2] for line in (section.lines if section else ()) if (found := _PROP.match(line))}


def parse_battery(section: Section | None) -> dict[str, str] | None:
    """`  key: value` pairs of the first block, or None without a level."""
    if section is None:
        return None
    pairs = dict(line.strip().split(": ", 1) for line in section.lines if ": " in line)
    return pairs if pairs.get("level", "").isdecimal() else None


def parse_storage(section: Section | None) -> tuple[int, int] | None:
    """`blocksize:blocks:free`."""
    found = re.match(r"^(\d{1,9}):(\d{1,15}):(\d{1,15})\s*$", section.text) if section else None
    return (int(found[1]) * int(found[2]), int(found[1]) * int(found[3])) if found else None


def parse_packages(section: Section | None) -> dict[str, int] | None:
    """`package:NAME versionCode:N`. None when the command failed or printed anything else."""
    if section is None or section.code:
        return None
    found = [_PACKAGE.match(line) for line in section.lines if line.strip()]
    if any(match is None for match in found):
        return None
    return {match[1]: int((match[2] or "0")[:18]) for match in found if match}


def parse_running(section: Section | None) -> frozenset[str] | None:
    """Process names of `ps -A -o NAME`."""
    if section is None or section.code or not section.text.startswith("NAME"):
        return None
    return frozenset(line.strip().partition(":")[0] for line in section.lines[1:] if line.strip())


def parse_users(section: Section | None) -> int | None:
    """How many users there are; at least one, else unreadable."""
    return len(_USER.findall(section.text)) or None if section else None


def parse_accounts(section: Section | None) -> dict[str, int] | None:
    """Account types and how many of each; the names are not kept."""
    if section is None:
        return None
    totals = [int(count[:6]) for count in _ACCOUNT_COUNT.findall(section.text)]
    if not totals:
        return None
    counts: dict[str, int] = {}
    block = section.text.partition("AccountId, Action_Type")[0]
    for kind in _ACCOUNT.findall(block):
        counts[kind] = counts.get(kind, 0) + 1
    if (missing := sum(totals) - sum(counts.values())) > 0:
        counts["unknown"] = missing
    return counts


def parse_settings(section: Section | None) -> dict[str, str] | None:
    """`key=value`; None when the command failed or nothing looks like a setting."""
    if section is None or section.code:
        return None
    pairs = dict(line.split("=", 1) for line in section.lines if "=" in line)
    return pairs or None


def parse_rows(section: Section | None) -> int | None:
    """Rows of `content query`; None for anything but rows or "No result found."."""
    if section is None or section.code:
        return None
    if section.text.strip() == "No result found.":
        return 0
    return sum(1 for line in section.lines if line.startswith("Row: ")) or None


def parse_files(section: Section | None) -> tuple[dict[str, int] | None, int]:
    """`type|size|path` lines: entries, and how many lines were none. None when the listing is not complete."""
    if section is None or section.code:
        return None, 0
    lines = [line for line in section.lines if line.strip()]
    found = [match for line in lines if (match := _ENTRY.match(line)) and _PATH.match(match[3])]
    if lines and not found:
        return None, 0
    return {match[3]: -1 if match[1] == "directory" else int(match[2][:18]) for match in found}, len(lines) - len(found)


def parse_paths(section: Section | None, root: str) -> tuple[str, ...] | None:
    """One path a line below `root`. None when the listing failed, also in part."""
    if section is None or section.code:
        return None
    lines = [line for line in section.lines if line.strip()]
    return (
        tuple(line for line in lines if line.startswith(root + "/") and _PATH.match(line))
        if _all_below(lines, root)
        else None
    )


def _all_below(lines: list[str], root: str) -> bool:
    return not lines or lines[0].startswith(root + "/")


def parse_wifi(section: Section | None) -> dict[int, str] | None:
    """Saved networks; a network listed once per security type is one. Needs Android 11, else None."""
    if section is None or section.code:
        return None
    if section.text.strip() == "No networks":
        return {}
    if not section.text.startswith("Network Id"):
        return None
    rows = [match for line in section.lines[1:] if (match := _WIFI.match(line))]
    return {int(match[1][:9]): fingerprint("wifi", match[2].strip('"')) for match in rows}


def parse_block(section: Section | None, heading: str, item: re.Pattern[str]) -> frozenset[str] | None:
    """Fingerprints of the items below a heading of a dumpsys text, until a blank line. None without the heading."""
    if section is None or heading not in section.text:
        return None
    block = section.text.split(heading, 1)[1].split("\n", 1)[-1]
    lines = block.replace("\r", "").split("\n\n")[0].split("\n")
    return frozenset(fingerprint(match[1].lower()) for line in lines if (match := item.match(line)))


def parse_volumes(section: Section | None) -> frozenset[str] | None:
    """Memory cards that are mounted, as fingerprints."""
    if section is None or section.code:
        return None
    lines = [line for line in section.lines if line.strip()]
    if any(not line.startswith("public:") for line in lines):
        return None
    return frozenset(fingerprint("volume", match[1]) for line in lines if (match := _VOLUME.match(line)))


def parse_lock(lock: Section | None, disabled: Section | None) -> bool | None:
    """Whether a PIN, pattern or password is set. The owner (first user) counts."""
    found = _CREDENTIAL.findall(lock.text) if lock else []
    if found:
        return any(word.lower() not in ("none", "-1") for word in found)
    return False if disabled and disabled.text.strip() == "true" else None


def parse_kept_awake(section: Section | None) -> bool | None:
    """Meta headsets: whether the worn sensor is overridden. None where there is no such service."""
    first = section.lines[0].strip() if section else ""
    if not first.startswith("Virtual proximity state:"):
        return None
    return first.rpartition(":")[2].strip() != "DISABLED"
