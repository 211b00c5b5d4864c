"""Erasing everything by Android's test harness mode (AOSP TestHarnessModeService; Android 10 and later).

It keeps adb's key, skips the setup wizard and restarts. A restart or repetition never erases twice:
the device's data has an id of its own (`android_id`), remembered before the erase begins."""

import asyncio
import contextlib

from medialab_agent.drivers.android_adb.device import AdbHandle
from medialab_agent.drivers.android_adb.inventory import PROPS_COMMAND, SETTING_COMMANDS, Inventory, fingerprint, parse
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.steps import Done, Say
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

POLL_S = 2.0
"""Seconds between two looks while the device restarts."""
_TYPICAL_S = 300.0
_COMMANDS = {**PROPS_COMMAND, **SETTING_COMMANDS}


class Wipe:
    """One full erase, named by its execution."""

    def __init__(self, handle: AdbHandle, memory: Memory, exec_id: str) -> None:
        self._handle, self._memory, self._name = handle, memory, f"wipe-{exec_id}"

    async def start(self, say: Say) -> Done:
        """Erase, unless it was done already. Raises `NeedsPerson` for a lock, `Refused` where the maker left it out."""
        before = self._memory.get(self._name)
        now = await self._read_again() if before else parse(await self._handle.read(_COMMANDS))
        mark = data_id(now)
        if mark is None:
            raise Refused(
                "no-data-id", Text(de="Das Gerät nennt seine Datenkennung nicht.", en="The device hides its data id.")
            )
        if before not in (None, mark):
            return Done(changed=False)
        self._memory.put(self._name, mark)
        await self._enable()
        say(1.0)
        return Done()

    async def wait(self, say: Say) -> Done:
        """Until Android is up again with new data; the step's deadline ends it."""
        waited = 0.0
        while not await self._is_back():
            await asyncio.sleep(POLL_S)
            waited += POLL_S
            say(min(0.95, waited / _TYPICAL_S))
        return Done(changed=False)

    async def _read_again(self) -> Inventory:
        """A reading after an interruption: the device may be restarting because it is being erased."""
        while True:
            with contextlib.suppress(DeviceTrouble):
                return parse(await self._handle.read(_COMMANDS))
            await asyncio.sleep(POLL_S)

    async def is_proven(self, now: Inventory) -> bool | None:
        """Whether the data is new and Android says it was erased; None when what was before is not known."""
        before = self._memory.get(self._name)
        if before is None or data_id(now) is None:
            return None
        return data_id(now) != before and now.props.get("persist.sys.test_harness") == "1"

    async def _enable(self) -> None:
        try:
            section = (await self._handle.change({"wipe": "cmd testharness enable"}))["wipe"]
        except Unreachable:
            return  # the device may restart before it answers; `wait` decides
        if section.code == 2 or "lock screen" in section.text:
            raise NeedsPerson(
                "device-locked",
                Text(
                    de="Das Gerät ist durch PIN, Muster oder Passwort gesperrt.",
                    en="The device is locked by a PIN, pattern or password.",
                ),
                Text(
                    de="Sperre am Gerät entfernen und erneut versuchen.",
                    en="Remove the lock on the device and try again.",
                ),
            )
        if section.code or section.text.strip():
            raise Refused(
                "wipe-refused",
                Text(
                    de="Dieses Gerät kann nicht von hier aus gelöscht werden.",
                    en="This device cannot be erased from here.",
                ),
                Text(
                    de="Mit den Tasten am Gerät löschen, siehe Anleitung.",
                    en="Erase it with its buttons, see the guide.",
                ),
                section.text.strip(),
            )

    async def _is_back(self) -> bool:
        try:
            now = parse(await self._handle.read(_COMMANDS))
        except DeviceTrouble:
            return False
        return now.props.get("sys.boot_completed") == "1" and data_id(now) not in (None, self._memory.get(self._name))


def data_id(now: Inventory) -> str | None:
    """Fingerprint of the id Android gives to a device's data at its first start."""
    value = now.settings.get("secure", {}).get("android_id")
    return fingerprint("android-id", value) if value else None
