"""From an inventory to the steps a person can preview: counts, never names. Pure."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.android_adb.headset import guardian_paused
from medialab_agent.drivers.android_adb.inventory import Inventory
from medialab_agent.drivers.android_adb.profiles import Profile
from medialab_agent.drivers.android_adb.reset import Wanted
from medialab_agent.sdk.steps import Step
from medialab_wire.texts import Text

WIPE_S = 900.0
"""Seconds a full erase may take until Android is up again."""


def tidy(now: Inventory, profile: Profile) -> tuple[Step, ...]:
    """Close apps and go to the start screen; nothing when nothing runs and the device may sleep."""
    running = len(Wanted(now, {}, profile).apps_to_close())
    stays_on = (
        now.kept_awake
        or guardian_paused(now.props)
        or now.settings.get("global", {}).get("stay_on_while_plugged_in", "0") != "0"
    )
    if not running and not stays_on:
        return ()
    return (_close(running), _home()) if running else (_home(),)


def session(now: Inventory, baseline: Mapping[str, Any], profile: Profile) -> tuple[Step, ...]:
    """All that separates the device from its baseline. Clearing app data is always part of it.

    Apps are not closed first: an app that Android still calls running tells that clearing was refused."""
    wanted = Wanted(now, baseline, profile)
    removed = len(wanted.apps_to_remove())
    files, changes = wanted.files_to_delete().count, len(wanted.settings_to_restore())
    networks, cleared = len(wanted.wifi_to_forget()), len(wanted.apps_to_clear())
    candidates = (
        (removed, _step("remove-apps", 120, f"Neue Apps deinstallieren: {removed}", f"Uninstall new apps: {removed}")),
        (
            files,
            _step("delete-files", 120, f"Dateien und Ordner löschen: {files}", f"Delete files and folders: {files}"),
        ),
        (
            changes,
            _step("restore-settings", 60, f"Einstellungen zurückstellen: {changes}", f"Restore settings: {changes}"),
        ),
        (networks, _step("forget-wifi", 60, f"WLAN-Netze vergessen: {networks}", f"Forget Wi-Fi networks: {networks}")),
        (1, _step("clear-data", 180, f"App-Daten löschen: {cleared}", f"Erase app data: {cleared}")),
        (1, _home()),
    )
    return tuple(step for count, step in candidates if count)


def full() -> tuple[Step, ...]:
    """Erase everything, then wait for Android."""
    return (
        _step("wipe", WIPE_S, "Gerät vollständig löschen", "Erase the device fully"),
        _step("wait-for-start", WIPE_S, "Auf den Neustart warten", "Wait for the restart"),
    )


def _close(count: int) -> Step:
    return _step("close-apps", 30, f"Apps schließen: {count}", f"Close apps: {count}")


def _home() -> Step:
    return _step(
        "go-home", 30, "Startbildschirm zeigen, Gerät schlafen lassen", "Show the start screen, let the device sleep"
    )


def _step(name: str, deadline_s: float, de: str, en: str) -> Step:
    return Step(name, Text(de=de, en=en), deadline_s=deadline_s)
