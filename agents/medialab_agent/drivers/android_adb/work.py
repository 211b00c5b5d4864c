"""Carrying out the steps of a reset. Each reads afresh what is left to do, so that repeating one is harmless."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from medialab_agent.drivers.android_adb import inventory
from medialab_agent.drivers.android_adb.advice import ASK
from medialab_agent.drivers.android_adb.device import AdbHandle, chunks
from medialab_agent.drivers.android_adb.inventory import parse
from medialab_agent.drivers.android_adb.profiles import Profile
from medialab_agent.drivers.android_adb.reset import Wanted
from medialab_agent.drivers.android_adb.sections import Section
from medialab_agent.sdk.steps import Done, Say
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

_STOPPED = re.compile(r"^\s*User 0:.*\bstopped=(true|false)\b", re.MULTILINE)
_BATCH = 6
"""Apps handled in one round trip, so that progress moves."""


class Work:
    """The steps for one device, one profile and one baseline."""

    def __init__(self, handle: AdbHandle, profile: Profile, baseline: Mapping[str, Any]) -> None:
        self._handle, self._profile, self._baseline = handle, profile, baseline

    async def close_apps(self, say: Say) -> Done:
        """Stop running third-party apps."""
        names = (await self._wanted(inventory.APP_COMMANDS)).apps_to_close()
        await self._each(names, "am force-stop", say, _accept_code)
        return Done(changed=bool(names))

    async def remove_apps(self, say: Say) -> Done:
        """Uninstall apps the baseline does not know."""
        names = (await self._wanted(inventory.APP_COMMANDS)).apps_to_remove()
        refused = await self._each(names, "pm uninstall", say, _is_removed)
        if refused:
            raise _refusal(
                "uninstall-refused",
                refused,
                Text(de="Eine App lässt sich nicht deinstallieren.", en="An app cannot be uninstalled."),
                Text(
                    de="Am Gerät unter Einstellungen → Sicherheit → Apps zur Geräteverwaltung die fremde App"
                    " ausschalten.\nDann noch einmal zurücksetzen. Hilft das nicht: vollständig löschen.",
                    en="At the device, switch the foreign app off under Settings → Security → Device admin apps.\n"
                    "Then reset it again. If that does not help: erase it fully.",
                ),
            )
        return Done(changed=bool(names))

    async def clear_data(self, say: Say) -> Done:
        """Erase the data of kept apps, browser, keyboard and contacts; all are tried before a refusal is told."""
        names = (await self._wanted(inventory.APP_COMMANDS)).apps_to_clear()
        used = await self._used(names)
        refused = await self._each(names, "pm clear", say, _is_success)
        if refused:
            raise _refusal(
                "clear-refused",
                refused,
                Text(
                    de="Das Gerät erlaubt nicht, App-Daten zu löschen.",
                    en="The device does not allow erasing app data.",
                ),
                ASK,
            )
        return Done(changed=used)

    async def delete_files(self, say: Say) -> Done:
        """Delete what learners' folders hold beyond the baseline."""
        work = (await self._wanted(inventory.FILE_COMMANDS | inventory.APP_COMMANDS)).files_to_delete()
        groups = [("rm -f --", group) for group in chunks(list(work.files))] + [
            ("rmdir --", group) for group in chunks(list(work.folders))
        ]
        for at, (verb, paths) in enumerate(groups):
            await self._handle.change({"go": f"{verb} {' '.join(map(shlex.quote, paths))}"})
            say((at + 1) / len(groups))
        if work.files:
            await self._handle.change(
                {"scan": "content call --uri content://media --method scan_volume --arg external_primary"}
            )
        return Done(changed=work.count > 0)

    async def restore_settings(self, say: Say) -> Done:
        """Put watched settings back."""
        changes = (await self._wanted(inventory.SETTING_COMMANDS)).settings_to_restore()
        commands = {
            f"s{at}": f"settings delete {c.scope} {shlex.quote(c.key)}"
            if c.value is None
            else f"settings put {c.scope} {shlex.quote(c.key)} {shlex.quote(c.value)}"
            for at, c in enumerate(changes)
        }
        if commands:
            await self._handle.change(commands)
        say(1.0)
        return Done(changed=bool(commands))

    async def forget_wifi(self, say: Say) -> Done:
        """Forget networks the baseline does not know."""
        ids = (await self._wanted(inventory.WIFI_COMMANDS)).wifi_to_forget()
        await self._each([str(nid) for nid in ids], "cmd wifi forget-network", say, _accept_code)
        return Done(changed=bool(ids))

    async def _wanted(self, commands: Mapping[str, str]) -> Wanted:
        return Wanted(parse(await self._handle.read(commands)), self._baseline, self._profile)

    async def _used(self, names: list[str]) -> bool:
        stopped = await stopped_apps(self._handle, names)
        return any(stopped.get(name) is not True for name in names if not name.startswith("com.android.providers."))

    async def _each(self, names: list[str], verb: str, say: Say, accept: Callable[[Section], bool]) -> list[str]:
        """Run a verb for each name; gives those that did not work."""
        refused: list[str] = []
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            sections = await self._handle.change(
                {f"n{at}": f"{verb} {shlex.quote(name)}" for at, name in enumerate(batch)}
            )
            refused += [name for at, name in enumerate(batch) if not accept(sections[f"n{at}"])]
            say(min(1.0, (start + len(batch)) / len(names)))
        return refused


async def stopped_apps(handle: AdbHandle, names: list[str]) -> dict[str, bool]:
    """Which apps Android calls stopped: not run since they were cleared. Unreadable ones are missing."""
    if not names:
        return {}
    commands = {f"n{at}": f"dumpsys package {shlex.quote(name)} | grep -m 1 'User 0:'" for at, name in enumerate(names)}
    sections = await handle.read(commands)
    stopped: dict[str, bool] = {}
    for at, name in enumerate(names):
        text = sections[f"n{at}"].text if f"n{at}" in sections else ""
        if found := _STOPPED.search(text):
            stopped[name] = found[1] == "true"
    return stopped


def _is_success(section: Section) -> bool:
    """`pm clear` worked: the word and the exit code, for some makers answer a refusal with 0."""
    return section.code == 0 and section.text.strip() == "Success"


def _is_removed(section: Section) -> bool:
    return _is_success(section) or "not installed for" in section.text


def _accept_code(section: Section) -> bool:
    return section.code == 0


def _refusal(code: str, names: list[str], text: Text, remedy: Text) -> Refused:
    return Refused(code, text, remedy, f"{len(names)} apps")
