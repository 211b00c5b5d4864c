"""Commands of the simulated device that may change something; each change goes through `Body.touch` first."""

from medialab_agent.drivers.android_adb import simulator_commands as reading
from medialab_agent.drivers.android_adb.simulator_shell import Command
from medialab_agent.drivers.android_adb.simulator_state import Body
from medialab_agent.sdk.simulator import Fault

_REFUSALS = {
    "OPPO": ("Security exception: adb clearing user data is forbidden.\n", 0),
    "Xiaomi": (
        "java.lang.SecurityException: PID 4711 does not have permission android.permission.CLEAR_APP_USER_DATA\n",
        0,
    ),
}
_REFUSAL = (
    "Exception occurred while executing 'clear':\njava.lang.SecurityException: adb clearing user data is forbidden.\n"
    "\tat com.android.server.am.ActivityManagerService.clearApplicationUserData\n",
    255,
)
_IDLE_ACTIONS = {"start", "startservice"}


def pm(body: Body, words: list[str]) -> tuple[str, int]:
    """`pm list packages|users`, `pm path`, `pm clear`, `pm uninstall`."""
    verb, name = (words[0] if words else ""), words[-1] if words else ""
    if words[:2] == ["list", "packages"]:
        return _packages(body, words[2:]), 0
    if words[:2] == ["list", "users"]:
        lines = "".join(f"\tUserInfo{{{uid}:{who}:4c13}} running\n" for uid, who in body.state.users.items())
        return f"Users:\n{lines}", 0
    if verb == "path":
        return (f"package:/data/app/{name}/base.apk\n", 0) if name in body.state.apps else ("", 1)
    if verb == "clear":
        return _clear(body, name)
    if verb == "uninstall":
        return _uninstall(body, name)
    return f"Unknown command: {verb}\n", 255


def _packages(body: Body, words: list[str]) -> str:
    versions = "--show-versioncode" in words
    chosen = {name: app for name, app in body.state.apps.items() if not ("-3" in words and app.system)}
    return "".join(
        f"package:{name}" + (f" versionCode:{app.version}" if versions else "") + "\n" for name, app in chosen.items()
    )


def _clear(body: Body, name: str) -> tuple[str, int]:
    app = body.state.apps.get(name)
    if app is None:
        return "Failed\n", 1
    if Fault.REFUSE in body.faults and not app.system:
        return _REFUSALS.get(body.state.props.get("ro.product.manufacturer", ""), _REFUSAL)
    body.clear_app(name)
    return "Success\n", 0


def _uninstall(body: Body, name: str) -> tuple[str, int]:
    app = body.state.apps.get(name)
    if app is None:
        return "Failure [not installed for 0]\n", 1
    if app.system or app.protected:
        return "Failure [DELETE_FAILED_DEVICE_POLICY_MANAGER]\n", 1
    body.uninstall(name)
    return "Success\n", 0


def settings(body: Body, words: list[str]) -> tuple[str, int]:
    """`settings list|get|put|delete NAMESPACE …`."""
    verb, scope = words[0], words[1]
    values = body.state.settings.setdefault(scope, {})
    if verb == "list":
        return "".join(f"{key}={value}\n" for key, value in sorted(values.items())), 0
    key = words[2]
    if verb == "get":
        return values.get(key, "null") + "\n", 0
    if verb == "put":
        if values.get(key) != words[3]:
            body.touch("set", f"{scope}/{key}")
            values[key] = words[3]
        return "", 0
    if key in values:
        body.touch("unset", f"{scope}/{key}")
        del values[key]
        return "Deleted 1 rows\n", 0
    return "Deleted 0 rows\n", 0


def am(body: Body, words: list[str]) -> tuple[str, int]:
    """`am force-stop`, `am start`, `am broadcast`."""
    if words[:1] == ["force-stop"]:
        app = body.state.apps.get(words[-1])
        if app and app.running:
            body.touch("force-stop", words[-1])
            app.running, app.stopped = False, True
        return "", 0
    if words[:1] == ["broadcast"]:
        _proximity(body, words[-1])
        return "Broadcasting: Intent\nBroadcast completed: result=0\n", 0
    if words and words[0] in _IDLE_ACTIONS:
        if "-d" in words:
            body.touch("show", words[words.index("-d") + 1])
        return "Starting: Intent\n", 0
    return "Error: unknown command\n", 255


def _proximity(body: Body, action: str) -> None:
    wanted = {"com.oculus.vrpowermanager.prox_close": True, "com.oculus.vrpowermanager.automation_disable": False}.get(
        action
    )
    if wanted is not None and wanted != body.state.awake:
        body.touch("stay-awake" if wanted else "may-sleep")
        body.state.awake = wanted


def svc(body: Body, words: list[str]) -> tuple[str, int]:
    """`svc power stayon true|false`."""
    if words[:2] == ["power", "stayon"]:
        value = "0" if words[2] == "false" else "7"
        return settings(body, ["put", "global", "stay_on_while_plugged_in", value])
    return "", 0


def key_input(_: Body, words: list[str]) -> tuple[str, int]:
    """`input keyevent KEYCODE_…`: no lasting effect."""
    return ("", 0) if words[:1] == ["keyevent"] else ("Error: Unknown command\n", 255)


def rm(body: Body, words: list[str]) -> tuple[str, int]:
    """`rm -f -- PATH…` and `rm -rf -- PATH…`."""
    recursive = any(word.startswith("-") and "r" in word for word in words)
    for path in [word for word in words if not word.startswith("-")]:
        if path in body.state.files:
            body.touch("delete", path)
            body.drop_file(path)
        elif recursive and path in body.folders():
            body.touch("delete", path)
            body.drop_tree(path)
    return "", 0


def rmdir(body: Body, words: list[str]) -> tuple[str, int]:
    """`rmdir PATH…`: only empty folders."""
    code = 0
    for path in [word for word in words if not word.startswith("-")]:
        occupied = any(p.startswith(path + "/") for p in body.state.files) or any(
            d.startswith(path + "/") for d in body.state.dirs
        )
        if path in body.state.dirs and not occupied:
            body.touch("delete", path)
            body.state.dirs.discard(path)
            if (parent := path.rpartition("/")[0]).count("/") > 1:
                body.state.dirs.add(parent)
        else:
            code = 1
    return "", code


def cmd(body: Body, words: list[str]) -> tuple[str, int]:
    """`cmd package|wifi|testharness|media_session|vibrator|vibrator_manager`."""
    service, rest = (words[0] if words else ""), words[1:]
    if service == "package":
        return pm(body, rest)
    if service == "wifi":
        return _wifi(body, rest)
    if service == "testharness":
        return _testharness(body, rest)
    if service in ("media_session", "vibrator", "vibrator_manager"):
        body.touch("signal", service)
        return "", 0
    return f"cmd: Can't find service: {service}\n", 20


def _wifi(body: Body, words: list[str]) -> tuple[str, int]:
    if words == ["list-networks"]:
        if not body.state.wifi:
            return "No networks\n", 0
        lines = "".join(f"{nid:<12} {ssid:<28} {kind}\n" for nid, (ssid, kind) in body.state.wifi.items())
        return f"Network Id      SSID                         Security type\n{lines}", 0
    if words[:1] == ["forget-network"]:
        if body.state.wifi.get(int(words[1])):
            body.touch("forget-wifi", words[1])
            del body.state.wifi[int(words[1])]
        return "Forget successful\n", 0
    return "Unknown wifi command\n", 255


def _testharness(body: Body, words: list[str]) -> tuple[str, int]:
    if words != ["enable"]:
        return "Unknown command\n", 255
    if body.state.lock != "None":
        return "Test Harness Mode cannot be enabled if there is a lock screen\n", 2
    if Fault.REFUSE in body.faults:
        return "Failed to enable Test Harness Mode\n", 1
    body.wipe()
    return "", 0


def setprop(body: Body, words: list[str]) -> tuple[str, int]:
    """`setprop NAME VALUE` for the properties a shell may set."""
    if len(words) != 2 or not words[0].startswith("debug."):
        return f"Failed to set property '{words[0] if words else ''}'\n", 1
    if body.state.props.get(words[0], "0") != words[1]:
        body.touch("setprop", words[0])
        body.state.props[words[0]] = words[1]
    return "", 0


COMMANDS: dict[str, Command] = {
    "getprop": reading.getprop,
    "echo": reading.echo,
    "[": reading.bracket,
    "dumpsys": reading.dumpsys,
    "stat": reading.statfs,
    "find": reading.find,
    "content": reading.content,
    "ps": reading.processes,
    "sm": reading.volumes,
    "locksettings": reading.locksettings,
    "dpm": reading.dpm,
    "ls": reading.listing,
    "pm": pm,
    "settings": settings,
    "am": am,
    "svc": svc,
    "setprop": setprop,
    "input": key_input,
    "rm": rm,
    "rmdir": rmdir,
    "cmd": cmd,
}
"""Everything the simulated shell knows, by name."""
