"""The proof: what a fresh reading shows against the baseline, check by check. Pure.

`unknown` whenever something could not be read: never passed for want of evidence."""

from collections.abc import Callable

from medialab_agent.drivers.android_adb.evidence import UNKNOWN, Evidence, Finding, judge, none_of
from medialab_agent.drivers.android_adb.headset import guardian_paused
from medialab_agent.drivers.android_adb.leftovers import leftovers
from medialab_agent.drivers.android_adb.places import by_place
from medialab_agent.drivers.android_adb.profiles import matches
from medialab_agent.drivers.android_adb.reset import path_id
from medialab_agent.sdk.evidence import count, listed
from medialab_wire.progress import CheckResult
from medialab_wire.texts import Text

AS_RECORDED = Text(de="wie festgehalten", en="as recorded")
NONE_EXTRA = Text(de="nichts zusätzlich", en="nothing extra")
YES, NO = Text(de="ja", en="yes"), Text(de="nein", en="no")
NO_ACCOUNT = Text(de="kein Konto", en="no account")
COUNTED = {
    "images": ("Bilder", "pictures"),
    "video": ("Videos", "videos"),
    "audio": ("Töne", "sounds"),
    "contacts": ("Kontakte", "contacts"),
    "events": ("Termine", "events"),
    "words": ("gelernte Wörter", "learned words"),
}
"""Android's word for what it counts → ours."""


def _recorded(number: int) -> Text:
    return count("festgehalten", "recorded", number)


def _differing(*parts: tuple[str, str, int]) -> Text:
    """What differs, without what does not."""
    return listed(count(de, en, number) for de, en, number in parts if number) or AS_RECORDED


def apps(see: Evidence) -> Finding:
    """The recorded third-party apps in the recorded versions: all of them and no other."""
    then, now = see.baseline.get("apps"), see.now.apps
    if then is None or now is None:
        return UNKNOWN
    extra, missing = len(set(now) - set(then)), len(set(then) - set(now))
    changed = sum(1 for name in set(now) & set(then) if now[name] < then[name])
    seen = _differing(("zusätzlich", "extra", extra), ("fehlt", "missing", missing), ("älter", "older", changed))
    return judge(not (extra or missing or changed), _recorded(len(then)), seen)


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
    kept = count("Dateien unter /sdcard/Android/data", "files under /sdcard/Android/data", outer)
    parts = ((used, count("benutzt", "used", used)), (outer, kept))
    empty = Text(de="alle leer", en="all empty")
    return judge(not (used or outer), empty, listed(text for number, text in parts if number) or empty)


def files(see: Evidence) -> Finding:
    """Learners' folders hold the recorded files only, and every recorded file is there in its recorded size."""
    then, now = see.baseline.get("files"), see.now.files
    if then is None or now is None or see.now.app_files is None:
        return UNKNOWN
    found = see.wanted.files_to_delete()
    extra = found.count + see.now.odd_files
    sizes = {path_id(path): size for path, size in now.items()}
    missing = sum(1 for name, size in then.items() if name not in sizes and size >= 0)
    changed = sum(1 for name, size in then.items() if name in sizes and sizes[name] != size)
    paths = [*((path, False) for path in found.files), *((path, True) for path in found.folders)]
    counted = (
        ("mit ungewöhnlichem Namen", "with an unusual name", see.now.odd_files),
        ("fehlt", "missing", missing),
        ("verändert", "changed", changed),
    )
    words = listed((*by_place(paths, see.profile), *(count(de, en, number) for de, en, number in counted if number)))
    return judge(not (extra or missing or changed), AS_RECORDED, words or AS_RECORDED)


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
        seen = listed(count(*COUNTED[name], number) for name, number in extra.items())
        return Finding(CheckResult.FAILED, NONE_EXTRA, seen)
    return judge(True, NONE_EXTRA, NONE_EXTRA) if len(readable) == len(names) else UNKNOWN


def settings(see: Evidence) -> Finding:
    """Watched settings have their recorded values."""
    recorded = see.baseline.get("settings") or {}
    if any(see.now.settings.get(scope) is None or recorded.get(scope) is None for scope in see.profile.settings):
        return UNKNOWN
    different = see.wanted.settings_to_restore()
    seen = listed(Text.same(f"{c.scope}/{c.key}") for c in different)
    return judge(not different, AS_RECORDED, seen or AS_RECORDED)


def wifi(see: Evidence) -> Finding:
    """Saved networks: the recorded ones, none extra."""
    then, now = see.baseline.get("wifi"), see.now.wifi
    if then is None or now is None:
        return UNKNOWN
    extra, missing = len(set(now.values()) - set(then)), len(set(then) - set(now.values()))
    return judge(
        not (extra or missing),
        _recorded(len(then)),
        _differing(("zusätzlich", "extra", extra), ("fehlt", "missing", missing)),
    )


def bluetooth(see: Evidence) -> Finding:
    """Paired Bluetooth devices: none extra."""
    then, now = see.baseline.get("bonds"), see.now.bonds
    extra = None if then is None or now is None else len(now - set(then))
    return none_of(extra, "zusätzlich gekoppelt", "paired in addition")


def accounts(see: Evidence) -> Finding:
    """No account, but for kinds the class cannot work without, in their recorded number."""
    if see.now.accounts is None:
        return UNKNOWN
    allowed = {
        kind: number
        for kind, number in (see.baseline.get("accounts") or {}).items()
        if matches(kind, see.profile.accounts)
    }
    extra = {kind: number for kind, number in see.now.accounts.items() if number > allowed.get(kind, 0)}
    seen = listed(Text.same(f"{kind}: {number}") for kind, number in sorted(extra.items()))
    return judge(not extra, NO_ACCOUNT, seen or NO_ACCOUNT)


def users(see: Evidence) -> Finding:
    """No second user or work profile beyond the recorded number."""
    then = see.baseline.get("users", 1)
    return (
        UNKNOWN
        if see.now.users is None or then is None
        else judge(see.now.users <= then, _people(then), _people(see.now.users))
    )


def _people(number: int) -> Text:
    return Text(de=f"{number} Benutzer", en=f"{number} user{'s' if number != 1 else ''}")


def lock(see: Evidence) -> Finding:
    """No PIN, pattern or password."""
    if see.now.lock_set is None:
        return UNKNOWN
    free, locked = Text(de="keine Sperre", en="no lock"), Text(de="gesperrt", en="locked")
    return judge(not see.now.lock_set, free, locked if see.now.lock_set else free)


def awake(see: Evidence) -> Finding:
    """The device may sleep: the worn sensor is not overridden and the screen stays on no longer than recorded."""
    if see.now.kept_awake:
        return judge(False, YES, Text(de="nein, es wird wach gehalten", en="no, it is kept awake"))
    if see.profile.id == "quest" and see.now.kept_awake is None:
        return UNKNOWN
    values = see.now.settings.get("global")
    if values is None:
        return UNKNOWN
    then = ((see.baseline.get("settings") or {}).get("global") or {}).get("stay_on_while_plugged_in", "0")
    value = values.get("stay_on_while_plugged_in", "0")
    stays_on = Text(de="nein, der Bildschirm bleibt beim Laden an", en="no, the screen stays on while charging")
    return judge(may_sleep := value in (then, "0"), YES, YES if may_sleep else stays_on)


def guardian(see: Evidence) -> Finding:
    """The guardian of a Meta headset is not paused. Other devices have none that could be paused by shell."""
    if not see.now.props:
        return UNKNOWN
    if see.profile.id != "quest":
        none = Text(de="keine Spielgrenze, die sich pausieren lässt", en="no guardian that could be paused")
        return judge(True, none, none)
    on, paused = Text(de="eingeschaltet", en="switched on"), Text(de="pausiert", en="paused")
    is_paused = guardian_paused(see.now.props)
    return judge(not is_paused, on, paused if is_paused else on)


def apps_closed(see: Evidence) -> Finding:
    """No third-party app runs."""
    is_read = see.now.apps is not None and see.now.running is not None
    return none_of(len(see.wanted.apps_to_close()) if is_read else None, "offen", "running")


def booted(see: Evidence) -> Finding:
    """Android is up."""
    value = see.now.props.get("sys.boot_completed")
    return UNKNOWN if value is None else judge(value == "1", YES, YES if value == "1" else NO)


def wiped(see: Evidence) -> Finding:
    """The device's data is new."""
    if see.wiped is None:
        return UNKNOWN
    erased, kept = Text(de="gelöscht", en="erased"), Text(de="nicht gelöscht", en="not erased")
    return judge(see.wiped, erased, erased if see.wiped else kept)


def no_wifi(see: Evidence) -> Finding:
    """No saved network."""
    return none_of(None if see.now.wifi is None else len(see.now.wifi), "Netze", "networks")


def no_accounts(see: Evidence) -> Finding:
    """No account at all."""
    return none_of(None if see.now.accounts is None else sum(see.now.accounts.values()), "Konten", "accounts")


def no_people(see: Evidence) -> Finding:
    """No contact, calendar entry or learned word."""
    names = ("contacts", "events", "words")
    found = sum(see.now.counts.get(name, 0) for name in names)
    is_unread = not found and any(name not in see.now.counts for name in names)
    return none_of(None if is_unread else found, "Einträge", "entries")


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
    "guardian": guardian,
}
JUDGES: dict[str, dict[str, Judge]] = {
    "tidy": {"apps-closed": apps_closed, "awake": awake, "guardian": guardian},
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
