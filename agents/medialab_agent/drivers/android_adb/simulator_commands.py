"""Commands of the simulated device that only read: getprop, dumpsys, find, content, ps and the like."""

import fnmatch

from medialab_agent.drivers.android_adb.simulator_state import Body

_MEDIA = {"images": (".jpg", ".png", ".webp"), "video": (".mp4", ".webm"), "audio": (".mp3", ".m4a", ".ogg")}
_NO_SERVICE = "Can't find service: {}\n"


def getprop(body: Body, words: list[str]) -> tuple[str, int]:
    """All properties, or one."""
    if words:
        return body.state.props.get(words[0], "") + "\n", 0
    return "".join(f"[{key}]: [{value}]\n" for key, value in sorted(body.state.props.items())), 0


def echo(_: Body, words: list[str]) -> tuple[str, int]:
    """Print the words."""
    return " ".join(words) + "\n", 0


def bracket(_: Body, words: list[str]) -> tuple[str, int]:
    """`[ A = B ]` only."""
    return "", 0 if len(words) == 4 and words[1] == "=" and words[0] == words[2] else 1


def dumpsys(body: Body, words: list[str]) -> tuple[str, int]:
    """The services the driver reads."""
    services = {
        "battery": _battery,
        "account": _account,
        "bluetooth_manager": _bluetooth,
        "lock_settings": _lock,
        "device_policy": _policy,
        "package": _package,
        "OVRRemoteService": _controllers,
        "oculus.internal.power.IVrPowerManager/default": _vr_power,
    }
    service = services.get(words[0]) if words else None
    return (service(body, words[1:]) if service else _NO_SERVICE.format(words[0] if words else "")), 0


def _battery(body: Body, _: list[str]) -> str:
    return (
        "Current Battery Service state:\n  AC powered: false\n  USB powered: true\n  Wireless powered: false\n"
        f"  status: 2\n  health: 2\n  present: true\n  level: {body.state.battery}\n  scale: 100\n"
        "  voltage: 4123\n  temperature: 254\n  technology: Li-ion\n"
    )


def _account(body: Body, _: list[str]) -> str:
    lines = "".join(f"    Account {{name={name}, type={kind}}}\n" for name, kind in body.state.accounts)
    return f"User UserInfo{{0:Owner:c13}}:\n  Accounts: {len(body.state.accounts)}\n{lines}\n  AccountId, Action_Type\n"


def _bluetooth(body: Body, _: list[str]) -> str:
    lines = "".join(f"    {address} [ DUAL ] Speaker\n" for address in body.state.bonds)
    head = "Bluetooth Status\n  enabled: true\n  state: ON\n\nAdapterProperties\n"
    return f"{head}  Bonded devices:\n{lines}\n  Profile: A2dp\n"


def _lock(body: Body, _: list[str]) -> str:
    head = "Current lock settings service state:\n\nUser State:\n  User 0\n    Quality: 0\n"
    return f"{head}    CredentialType: {body.state.lock}\n"


def _policy(body: Body, _: list[str]) -> str:
    lines = "".join(f"    {name}:\n      uid=10200\n" for name in body.state.admins)
    return f"Current Device Policy Manager state:\n\n  Enabled Device Admins (User 0, provisioningState: 0):\n{lines}\n"


def _package(body: Body, words: list[str]) -> str:
    app = body.state.apps.get(words[0]) if words else None
    if app is None:
        return f"Unable to find package: {words[0] if words else ''}\n"
    stopped = str(app.stopped).lower()
    return (
        f"Packages:\n  Package [{words[0]}] (7a1):\n    versionCode={app.version} minSdk=24 targetSdk=33\n"
        f"    User 0: ceDataInode=1 installed=true hidden=false stopped={stopped} notLaunched=false enabled=0\n"
    )


def _vr_power(body: Body, _: list[str]) -> str:
    if body.state.props.get("ro.product.manufacturer") != "Oculus":
        return _NO_SERVICE.format("oculus.internal.power.IVrPowerManager/default")
    return f"Virtual proximity state: {'CLOSE' if body.state.awake else 'DISABLED'}\n"


def _controllers(body: Body, _: list[str]) -> str:
    if body.state.props.get("ro.product.manufacturer") != "Oculus":
        return _NO_SERVICE.format("OVRRemoteService")
    lines = "".join(
        f"  Paired device: 8f3c{at}, Type: {side.capitalize()}, Model: JediMini, Firmware: 1.9.3, Battery: {level}%,"
        " Status: ACTIVE, ExternalStatus: CONNECTED_ACTIVE, TrackingStatus: POSITION\n"
        for at, (side, level) in enumerate(body.state.controllers.items())
    )
    return f"OVRRemoteService:\n{lines}"


def statfs(_: Body, words: list[str]) -> tuple[str, int]:
    """`stat -fc %S:%b:%a /data`: block size, blocks, free blocks."""
    if words[:2] == ["-fc", "%S:%b:%a"]:
        return "4096:28311552:14155776\n", 0
    return "stat: unsupported\n", 1


def find(body: Body, words: list[str]) -> tuple[str, int]:
    """`find ROOT [-mindepth N] [-path P -prune -o] [-type f] [-exec stat -c FORMAT {} +]`."""
    root = words[0].rstrip("/")
    folders = body.folders() | {"/sdcard", "/data/local/tmp"}
    if root not in folders:
        return f"find: {root}: No such file or directory\n", 1
    pruned = words[words.index("-path") + 1] if "-prune" in words else None
    paths = sorted(body.state.files if "-type" in words else body.state.files.keys() | folders)
    form = words[words.index("-c") + 1] if "-exec" in words else "%n"
    lines = [
        _stat_line(body, form, path)
        for path in paths
        if path.startswith(root + "/") and not (pruned and (path + "/").startswith(pruned + "/"))
    ]
    return "".join(line + "\n" for line in lines), 0


def _stat_line(body: Body, form: str, path: str) -> str:
    content = body.state.files.get(path)
    kind = "directory" if content is None else "regular file" if content else "regular empty file"
    return form.replace("%F", kind).replace("%s", str(len(content or b""))).replace("%n", path)


def content(body: Body, words: list[str]) -> tuple[str, int]:
    """`content query --uri U --projection _id` for media, contacts, calendar and dictionary; `call` rescans media."""
    if words[:1] == ["call"]:
        return "Result: Bundle[EMPTY_PARCEL]\n", 0
    uri = words[words.index("--uri") + 1] if "--uri" in words else ""
    people = {
        "com.android.contacts": body.state.contacts,
        "com.android.calendar": body.state.events,
        "user_dictionary": body.state.words,
    }
    host = uri.removeprefix("content://").partition("/")[0]
    kind = uri.rpartition("/external/")[2].partition("/")[0]
    if host in people:
        count = people[host]
    elif kind in _MEDIA:
        count = sum(
            1
            for path in body.state.files
            if path.endswith(_MEDIA[kind]) and path not in body.state.unindexed and "/." not in path
        )
    else:
        return f"[ERROR] Could not find provider: {host}\n", 0
    return "".join(f"Row: {row} _id={row + 30}\n" for row in range(count)) or "No result found.\n", 0


def processes(body: Body, _: list[str]) -> tuple[str, int]:
    """`ps -A -o NAME`."""
    names = ["NAME", "init", "adbd", "system_server"]
    return "\n".join([*names, *(name for name, app in body.state.apps.items() if app.running)]) + "\n", 0


def volumes(body: Body, words: list[str]) -> tuple[str, int]:
    """`sm list-volumes public`."""
    if words[:1] != ["list-volumes"]:
        return "usage: sm list-volumes\n", 1
    return "".join(f"public:179,{at} mounted {name}\n" for at, name in enumerate(body.state.volumes, 1)), 0


def locksettings(body: Body, words: list[str]) -> tuple[str, int]:
    """`locksettings get-disabled`."""
    if words != ["get-disabled"]:
        return "unsupported\n", 1
    disabled = body.state.lock == "None" and body.state.settings.get("secure", {}).get("lockscreen.disabled") == "1"
    return f"{str(disabled).lower()}\n", 0


def dpm(_: Body, words: list[str]) -> tuple[str, int]:
    """`dpm list-owners`."""
    return ("no owners\n", 0) if words == ["list-owners"] else ("Unknown command\n", 1)


def listing(body: Body, words: list[str]) -> tuple[str, int]:
    """`ls PATTERN`: names below, one a line."""
    paths = [path for path in body.state.files for word in words if fnmatch.fnmatch(path, word.rstrip("/") + "*")]
    return "".join(f"{path}\n" for path in sorted(set(paths))), 0
