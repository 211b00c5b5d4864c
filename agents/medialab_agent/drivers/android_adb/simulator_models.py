"""Models the simulator can be: properties, preinstalled apps, the state staff prepared."""

import hashlib
from dataclasses import dataclass

from medialab_agent.drivers.android_adb.simulator_state import App, State


@dataclass(frozen=True)
class Model:
    """One product. `apps` are the lesson apps staff installed, `system` the maker's own."""

    name: str
    maker: str
    product: str
    release: str = "14"
    sdk: str = "34"
    apps: tuple[str, ...] = ("de.medialab.maltafel", "org.stopmotion.studio")
    system: tuple[str, ...] = ("com.android.chrome", "com.google.android.inputmethod.latin")
    keyboard: str = "com.google.android.inputmethod.latin/.LatinIME"
    tablet: bool = True


TABLET = Model("Pixel Tablet", "Google", "tangorpro")
GALAXY = Model(
    "SM-X210",
    "samsung",
    "gta9pwifi",
    system=("com.sec.android.app.sbrowser", "com.samsung.android.honeyboard"),
    keyboard="com.samsung.android.honeyboard/.service.HoneyBoardService",
)
LENOVO = Model("Lenovo TB330FU", "LENOVO", "TB330FU", "13", "33")
OPPO = Model("OPD2102", "OPPO", "OPD2102", "12", "31")
XIAOMI = Model("Redmi Pad SE", "Xiaomi", "xun", "13", "33")
QUEST = Model(
    "Quest 3S",
    "Oculus",
    "panther",
    "14",
    "34",
    ("com.openbrush.app", "com.medialab.raumfahrt"),
    ("com.oculus.browser", "com.oculus.vrshell"),
    "com.oculus.ime/.Ime",
    tablet=False,
)
PICO = Model(
    "A8110",
    "Pico",
    "phoenix_ovs",
    "10",
    "29",
    ("com.openbrush.pico",),
    ("com.pico.browser", "com.pvr.vrshell"),
    "com.pico.ime/.Ime",
    tablet=False,
)
VIVE = Model(
    "VIVE Focus 3",
    "HTC",
    "vrs",
    "10",
    "29",
    ("com.medialab.raumfahrt",),
    ("com.htc.vr.browser",),
    "com.htc.ime/.Ime",
    tablet=False,
)
MODELS = (TABLET, GALAXY, LENOVO, OPPO, XIAOMI, QUEST, PICO, VIVE)

_PROVIDERS = (
    "com.android.providers.contacts",
    "com.android.providers.calendar",
    "com.android.providers.userdictionary",
    "com.android.settings",
    "com.android.systemui",
    "com.google.android.gms",
)


def prepared(model: Model, serial: str) -> State:
    """A device of that model as staff hands it out."""
    apps = {name: App(version=10 + at, system=True) for at, name in enumerate(model.system + _PROVIDERS)}
    apps |= {name: App(version=100 + at) for at, name in enumerate(model.apps)}
    files = {
        "/sdcard/MediaLab/anleitung.pdf": b"%PDF-1.7 Anleitung",
        "/sdcard/Download/beispiel.png": b"\x89PNG beispiel",
        f"/sdcard/Android/obb/{model.apps[0]}/main.obb": b"OBB" * 10,
    }
    dirs = {
        f"/sdcard/{name}"
        for name in ("DCIM", "Pictures", "Movies", "Music", "Download", "Android/data", "Android/obb", "Android/media")
    }
    return State(
        props=_props(model, serial),
        apps=apps,
        files=files,
        dirs=dirs,
        settings=_settings(model, serial),
        wifi={0: ("Medienzentrum", "wpa2-psk")},
        controllers={} if model.tablet or model.maker != "Oculus" else {"left": 76, "right": 58},
        battery=40 + int(hashlib.sha256(serial.encode()).hexdigest()[:2], 16) % 60,
    )


def _props(model: Model, serial: str) -> dict[str, str]:
    return {
        "ro.serialno": serial,
        "ro.product.name": model.product,
        "ro.product.device": model.product,
        "ro.product.model": model.name,
        "ro.product.brand": model.maker.lower(),
        "ro.product.manufacturer": model.maker,
        "ro.build.version.release": model.release,
        "ro.build.version.sdk": model.sdk,
        "ro.build.version.security_patch": "2026-08-05",
        "ro.build.characteristics": "tablet,nosdcard" if model.tablet else "nosdcard",
        "ro.build.fingerprint": f"{model.maker}/{model.product}:{model.release}/TP1A/1:user/release-keys",
        "persist.sys.locale": "de-DE",
        "persist.sys.timezone": "Europe/Berlin",
        "sys.boot_completed": "1",
    }


def _settings(model: Model, serial: str) -> dict[str, dict[str, str]]:
    return {
        "global": {
            "adb_enabled": "1",
            "adb_allowed_connection_time": "0",
            "airplane_mode_on": "0",
            "auto_time": "1",
            "bluetooth_on": "1",
            "device_provisioned": "1",
            "stay_on_while_plugged_in": "0",
            "wifi_on": "1",
            "zen_mode": "0",
        },
        "secure": {
            "android_id": hashlib.sha256(serial.encode()).hexdigest()[:16],
            "accessibility_enabled": "0",
            "default_input_method": model.keyboard,
            "enabled_input_methods": model.keyboard,
            "location_mode": "0",
            "ui_night_mode": "1",
            "lockscreen.disabled": "1",
            "user_setup_complete": "1",
        },
        "system": {
            "accelerometer_rotation": "1",
            "font_scale": "1.0",
            "screen_brightness": "128",
            "screen_brightness_mode": "1",
            "screen_off_timeout": "600000",
            "system_locales": "de-DE",
            "user_rotation": "0",
            "volume_music_speaker": "8",
        },
    }
