"""Settings come from the environment and the credentials file, and say what is wrong with them."""

from pathlib import Path

import pytest

from medialab_agent.settings import BadSetting, from_env, id_from


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = from_env({"MEDIALAB_DATA_DIR": str(tmp_path)}, "Pi 3.lab.example")
    assert settings.agent_id == "pi-3"
    assert settings.mqtt_url == "mqtt://127.0.0.1:1883"
    assert settings.mqtt_user is None
    assert settings.max_parallel == 64
    assert settings.sources == {"usb", "ble", "mdns", "manual"}


@pytest.mark.parametrize(
    ("host", "wanted"), [("Pi 3.lab", "pi-3"), ("--x--", "x"), ("Ä", "agent"), ("", "agent"), ("a" * 99, "a" * 63)]
)
def test_an_id_comes_from_the_host_name(host: str, wanted: str) -> None:
    assert id_from(host) == wanted


def test_a_drivers_settings_are_its_own() -> None:
    env = {
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": "5038",
        "MEDIALAB_DRIVER_OCTOPRINT_KEY": "hush",
        "MEDIALAB_AGENT_ID": "a",
    }
    settings = from_env(env, "h")
    assert settings.driver("android-adb") == {"adb_port": "5038"}
    assert settings.driver("octoprint") == {"key": "hush"}
    assert settings.with_driver("octoprint", {"url": "u"}).driver("octoprint") == {"key": "hush", "url": "u"}
    assert "hush" not in repr(settings)


def test_credentials_are_read_from_a_private_file_only(tmp_path: Path) -> None:
    file = tmp_path / "mqtt-credentials"
    file.write_text("pi\nsecret\n")
    file.chmod(0o644)
    with pytest.raises(BadSetting, match="chmod 600"):
        from_env({"MEDIALAB_DATA_DIR": str(tmp_path)}, "h")
    file.chmod(0o600)
    settings = from_env({"MEDIALAB_DATA_DIR": str(tmp_path)}, "h")
    assert (settings.mqtt_user, settings.mqtt_password) == ("pi", "secret")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGENT_ID", "Upper"),
        ("MQTT_URL", "http://x"),
        ("MAX_PARALLEL", "0"),
        ("MAX_PARALLEL", "many"),
        ("LOG_LEVEL", "loud"),
        ("SOURCES", "usb,telepathy"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"MEDIALAB_{name}"):
        from_env({f"MEDIALAB_{name}": value}, "h")


def test_sources_can_be_chosen_or_none() -> None:
    assert from_env({"MEDIALAB_SOURCES": "USB, manual"}, "h").sources == {"usb", "manual"}
    assert from_env({"MEDIALAB_SOURCES": "none"}, "h").sources == frozenset()
