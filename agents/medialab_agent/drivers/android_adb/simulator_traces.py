"""What people leave behind on a device: the usual dirt of a group, and single traces by name for the residue corpus."""

from collections.abc import Callable

from medialab_agent.drivers.android_adb.simulator_state import App, State


def lesson_apps(state: State) -> list[str]:
    """The apps staff installed and learners may use."""
    return [name for name, app in state.apps.items() if not app.system]


def use(state: State, name: str) -> None:
    """Somebody works with an app: it runs and holds data, inside and outside."""
    app = state.apps[name]
    app.data, app.running, app.stopped = 4096, True, False
    if not app.system:
        state.files[f"/sdcard/Android/data/{name}/files/projekt.json"] = b'{"name": "Mein Film"}'


def soil(state: State) -> None:
    """What a group of learners leaves in an hour, all of it within reach of a session reset."""
    for name in lesson_apps(state):
        use(state, name)
    for name in [
        name
        for name, app in state.apps.items()
        if app.system and ("browser" in name or "chrome" in name or name in _keyboards(state))
    ]:
        use(state, name)
    for name in ("photo", "video", "download", "screenshot", "new-app", "brightness", "proxy", "wifi", "contact"):
        leave(state, name)


def _keyboards(state: State) -> set[str]:
    return {state.settings["secure"].get("default_input_method", "").partition("/")[0]}


def leave(state: State, trace: str) -> None:
    """Leave one trace of `TRACES`."""
    TRACES[trace](state)


def _file(path: str, content: bytes = b"x" * 64) -> Callable[[State], None]:
    return lambda state: state.files.__setitem__(path, content)


def _setting(scope: str, key: str, value: str) -> Callable[[State], None]:
    return lambda state: state.settings[scope].__setitem__(key, value)


def _app(name: str, protected: bool = False) -> Callable[[State], None]:
    def install(state: State) -> None:
        state.apps[name] = App(version=1, data=2048, stopped=False, running=True, protected=protected)
        state.files[f"/sdcard/Android/data/{name}/cache/x"] = b"x"

    return install


def _remove_app(state: State) -> None:
    del state.apps[lesson_apps(state)[0]]


def _update_app(state: State) -> None:
    state.apps[lesson_apps(state)[0]].version += 1


def _admin(state: State) -> None:
    _app("com.spiel.admin", protected=True)(state)
    state.admins.append("com.spiel.admin/.Admin")


TRACES: dict[str, Callable[[State], None]] = {
    "photo": _file("/sdcard/DCIM/Camera/IMG_0001.jpg"),
    "video": _file("/sdcard/Movies/film.mp4"),
    "music": _file("/sdcard/Music/lied.mp3"),
    "recording": _file("/sdcard/Recordings/stimme.m4a"),
    "document": _file("/sdcard/Documents/Tagebuch Müller.txt"),
    "download": _file("/sdcard/Download/aufgabe (1).pdf"),
    "screenshot": _file("/sdcard/Pictures/Screenshots/s'1.png"),
    "empty-file": _file("/sdcard/Download/leer.txt", b""),
    "named-folder": lambda state: state.dirs.add("/sdcard/DCIM/Klasse 4b"),
    "hidden-file": _file("/sdcard/DCIM/.versteckt.jpg"),
    "thumbnail": _file("/sdcard/DCIM/.thumbnails/12.jpg"),
    "newline-name": _file("/sdcard/Download/a\nb.txt"),
    "changed-lesson": _file("/sdcard/MediaLab/anleitung.pdf", b"gekritzel"),
    "missing-lesson": lambda state: state.files.__delitem__("/sdcard/MediaLab/anleitung.pdf"),
    "top-file": _file("/sdcard/notiz.txt"),
    "unknown-folder": _file("/sdcard/.verlauf/notiz.txt"),
    "messenger-media": _file("/sdcard/Android/media/com.whatsapp/Bild.jpg"),
    "orphan-obb": _file("/sdcard/Android/obb/com.spiel.weg/main.obb"),
    "orphan-data": _file("/sdcard/Android/data/com.spiel.weg/save.dat"),
    "tmp-file": _file("/data/local/tmp/skript.sh"),
    "headset-capture": _file("/sdcard/Oculus/VideoShots/clip.mp4"),
    "new-app": _app("com.spiel.neu"),
    "protected-app": _admin,
    "missing-app": _remove_app,
    "updated-app": _update_app,
    "brightness": _setting("system", "screen_brightness", "255"),
    "font": _setting("system", "font_scale", "1.3"),
    "language": _setting("system", "system_locales", "en-US"),
    "rotation": _setting("system", "user_rotation", "2"),
    "dark-mode": _setting("secure", "ui_night_mode", "2"),
    "keyboard-choice": _setting("secure", "default_input_method", "com.spiel.neu/.Ime"),
    "listener": _setting("secure", "enabled_notification_listeners", "com.spiel.neu/.Lauscher"),
    "accessibility": _setting("secure", "enabled_accessibility_services", "com.spiel.neu/.Hilfe"),
    "mock-location": _setting("secure", "mock_location", "1"),
    "vpn": _setting("secure", "always_on_vpn_app", "com.spiel.vpn"),
    "owner-text": _setting("secure", "lock_screen_owner_info", "Gehört Max"),
    "proxy": _setting("global", "http_proxy", "10.0.0.9:8080"),
    "dns": _setting("global", "private_dns_mode", "hostname"),
    "airplane": _setting("global", "airplane_mode_on", "1"),
    "stay-on": _setting("global", "stay_on_while_plugged_in", "7"),
    "device-name": _setting("global", "device_name", "Max sein Tablet"),
    "wifi": lambda state: state.wifi.__setitem__(max(state.wifi, default=0) + 1, ("Zu Hause 5G", "wpa2-psk")),
    "bond": lambda state: state.bonds.append("A0:B1:C2:D3:E4:F5"),
    "account": lambda state: state.accounts.append(("max@example.org", "com.google")),
    "user": lambda state: state.users.__setitem__(10, "Max"),
    "lock": lambda state: setattr(state, "lock", "Pattern"),
    "contact": lambda state: setattr(state, "contacts", state.contacts + 1),
    "event": lambda state: setattr(state, "events", state.events + 1),
    "word": lambda state: setattr(state, "words", state.words + 1),
    "memory-card": lambda state: state.volumes.append("1A2B-3C4D"),
    "admin": lambda state: state.admins.append("com.spiel.neu/.Admin"),
    "guardian-paused": lambda state: state.props.__setitem__("debug.oculus.guardian_pause", "1"),
    "awake": lambda state: setattr(state, "awake", True),
}
"""Traces by name. Each must be gone after a session reset or be named by a failed check."""
