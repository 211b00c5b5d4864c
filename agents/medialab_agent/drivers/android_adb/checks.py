"""The proof: what a fresh reading shows against the baseline, check by check. Pure.

`unknown` whenever something could not be read: never passed for want of evidence."""

from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.android_adb.evidence import UNKNOWN, Evidence, Finding, judge, none_of
from medialab_agent.drivers.android_adb.leftovers import leftovers
from medialab_agent.drivers.android_adb.profiles import matches
from medialab_agent.drivers.android_adb.reset import path_id
from medialab_wire.progress import CheckResult


def apps(see: Evidence) -> Finding:
    """The recorded third-party apps in the recorded versions: all of them and no other."""
    then, now = see.baseline.get("apps"), see.now.apps
    if then is None or now is None:
        return UNKNOWN
    extra, missing = len(set(now) - set(then)), len(set(then) - set(now))
    changed = sum(1 for name in set(now) & set(then) if now[name] < then[name])
    return judge(
        not (extra or missing or changed), f"{len(then)} recorded", f"{extra} extra, {missing} missing, {changed} older"
    )


def app_data(see: Evidence) -> Finding:
    """Every app whose data is to go has not run since, and left no outer files. The keyboard in use always runs."""
    if see.now.app_files is None or see.now.apps is None or see.now.installed is None:
        return UNKNOWN
    keyboard = see.now.settings.get("secure", {}).get("default_input_method", "").partition("/")[0]
    names = [
        name
        for name in see.wanted.apps_to_clear()
        if name != keyboard and not name.startswith("com.android.providers.")
    ]
    unread = sum(1 for name in names if name not in see.stopped)
    used = sum(1 for name in names if see.stopped.get(name) is False)
    outer = sum(
        1 for path in see.now.app_files if path.removeprefix("/sdcard/Android/data/").partition("/")[0] in names
    )
    if unread and not used and not outer:
        return UNKNOWN
    return judge(not (used or outer), f"{len(names)} unused", f"{used} used, {outer} files")


def files(see: Evidence) -> Finding:
    """Learners' folders hold the recorded files only, and every recorded file is there in its recorded size."""
    then, now = see.baseline.get("files"), see.now.files
    if then is None or now is None or see.now.app_files is None:
        return UNKNOWN
    extra = see.wanted.files_to_delete().count + see.now.odd_files
    sizes = {path_id(path): size for path, size in now.items()}
    missing = sum(1 for name, size in then.items() if name not in sizes and size >= 0)
    changed = sum(1 for name, size in then.items() if name in sizes and sizes[name] != size)
    return judge(
        not (extra or missing or changed), "as recorded", f"{extra} extra, {missing} missing, {changed} changed"
    )


def media(see: Evidence) -> Finding:
    """Gallery and music list no more than recorded."""
    return _no_more(see, ("images", "video", "audio"))


def people(see: Evidence) -> Finding:
    """Contacts, calendar and personal dictionary hold no more than recorded."""
    return _no_more(see, ("contacts", "events", "words"))


def _no_more(see: Evidence, names: tuple[str, ...]) -> Finding:
    then, now = see.baseline.get("counts") or {}, see.now.counts
    readable = [name for name in names if name in now and name in then]
    extra = {name: now[name] - then[name] for name in readable if now[name] > then[name]}
    if extra:
        return Finding(CheckResult.FAILED, "none extra", ", ".join(f"{count} {name}" for name, count in extra.items()))
    return judge(True, "none extra", "none extra") if len(readable) == len(names) else UNKNOWN


def settings(see: Evidence) -> Finding:
    """Watched settings have their recorded values."""
    recorded = see.baseline.get("settings") or {}
    if any(see.now.settings.get(scope) is None or recorded.get(scope) is None for scope in see.profile.settings):
        return UNKNOWN
    different = see.wanted.settings_to_restore()
    return judge(not different, "as recorded", ", ".join(f"{c.scope}/{c.key}" for c in different) or "as recorded")


def wifi(see: Evidence) -> Finding:
    """Saved networks: the recorded ones, none extra."""
    then, now = see.baseline.get("wifi"), see.now.wifi
    if then is None or now is None:
        return UNKNOWN
    extra, missing = len(set(now.values()) - set(then)), len(set(then) - set(now.values()))
    return judge(not (extra or missing), f"{len(then)} recorded", f"{extra} extra, {missing} missing")


def bluetooth(see: Evidence) -> Finding:
    """Paired Bluetooth devices: none extra."""
    return _no_extra(see.baseline.get("bonds"), see.now.bonds, "paired")


def _no_extra(then: Any, now: frozenset[str] | None, what: str) -> Finding:
    if then is None or now is None:
        return UNKNOWN
    return judge(not now - set(then), f"0 extra {what}", f"{len(now - set(then))} extra {what}")


def accounts(see: Evidence) -> Finding:
    """No account, but for kinds the class cannot work without, in their recorded number."""
    if see.now.accounts is None:
        return UNKNOWN
    allowed = {
        kind: count
        for kind, count in (see.baseline.get("accounts") or {}).items()
        if matches(kind, see.profile.accounts)
    }
    extra = {kind: count for kind, count in see.now.accounts.items() if count > allowed.get(kind, 0)}
    return judge(
        not extra, "no account", ", ".join(f"{count} {kind}" for kind, count in sorted(extra.items())) or "no account"
    )


def users(see: Evidence) -> Finding:
    """No second user or work profile beyond the recorded number."""
    then = see.baseline.get("users", 1)
    return (
        UNKNOWN
        if see.now.users is None or then is None
        else judge(see.now.users <= then, f"{then}", f"{see.now.users}")
    )


def lock(see: Evidence) -> Finding:
    """No PIN, pattern or password."""
    return (
        UNKNOWN
        if see.now.lock_set is None
        else judge(not see.now.lock_set, "no lock", "locked" if see.now.lock_set else "no lock")
    )


def awake(see: Evidence) -> Finding:
    """The device may sleep: the worn sensor is not overridden and the screen stays on no longer than recorded."""
    if see.now.kept_awake:
        return Finding(CheckResult.FAILED, "may sleep", "kept awake")
    if see.profile.id == "quest" and see.now.kept_awake is None:
        return UNKNOWN
    values = see.now.settings.get("global")
    if values is None:
        return UNKNOWN
    then = ((see.baseline.get("settings") or {}).get("global") or {}).get("stay_on_while_plugged_in", "0")
    value = values.get("stay_on_while_plugged_in", "0")
    return judge(value in (then, "0"), then, value)


def apps_closed(see: Evidence) -> Finding:
    """No third-party app runs."""
    return none_of(
        None if see.now.apps is None or see.now.running is None else len(see.wanted.apps_to_close()), "running"
    )


def booted(see: Evidence) -> Finding:
    """Android is up."""
    value = see.now.props.get("sys.boot_completed")
    return UNKNOWN if value is None else judge(value == "1", "1", value)


def wiped(see: Evidence) -> Finding:
    """The device's data is new."""
    return UNKNOWN if see.wiped is None else judge(see.wiped, "erased", "erased" if see.wiped else "not erased")


def no_wifi(see: Evidence) -> Finding:
    """No saved network."""
    return none_of(None if see.now.wifi is None else len(see.now.wifi), "networks")


def no_accounts(see: Evidence) -> Finding:
    """No account at all."""
    return none_of(None if see.now.accounts is None else sum(see.now.accounts.values()), "accounts")


def no_people(see: Evidence) -> Finding:
    """No contact, calendar entry or learned word."""
    names = ("contacts", "events", "words")
    found = sum(see.now.counts.get(name, 0) for name in names)
    return UNKNOWN if not found and any(name not in see.now.counts for name in names) else none_of(found, "entries")


Judge = Callable[[Evidence], Finding]

_SESSION: dict[str, Judge] = {
    "apps": apps,
    "app-data": app_data,
    "files": files,
    "media": media,
    "people": people,
    "settings": settings,
    "wifi": wifi,
    "bluetooth": bluetooth,
    "accounts": accounts,
    "users": users,
    "lock": lock,
    "leftovers": leftovers,
    "awake": awake,
}
JUDGES: dict[str, dict[str, Judge]] = {
    "tidy": {"apps-closed": apps_closed, "awake": awake},
    "session": _SESSION,
    "full": {
        "booted": booted,
        "wiped": wiped,
        "accounts": no_accounts,
        "users": users,
        "lock": lock,
        "wifi": no_wifi,
        "people": no_people,
    },
}
"""Level → check id → judge."""
