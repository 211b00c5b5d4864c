"""Erasing everything by Android's test harness mode (AOSP TestHarnessModeService; Android 10 and later).

It keeps adb's key, skips the setup wizard and restarts. A restart or repetition never erases twice:
the device's data has an id of its own (`android_id`), remembered before the erase begins."""

import asyncio
import contextlib
import time

from medialab_agent.drivers.android_adb.advice import LOCKED, UNLOCK
from medialab_agent.drivers.android_adb.device import AdbHandle
from medialab_agent.drivers.android_adb.inventory import PROPS_COMMAND, SETTING_COMMANDS, Inventory, fingerprint, parse
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.steps import Done, Say
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

_ALLOW_AGAIN = Text(
    de="Am Gerät: USB-Debugging wieder erlauben („Zulassen“ antippen).",
    en="At the device: allow USB debugging again (tap “Allow”).",
)
_STARTING = Text(
    de="Das Gerät startet neu und ist so lange nicht erreichbar.",
    en="The device restarts and cannot be reached meanwhile.",
)
_SET_UP = Text(
    de="Gelöscht. Jetzt das Gerät neu einrichten (Apps, WLAN) und den guten Zustand neu festhalten.",
    en="Erased. Now set the device up again (apps, Wi-Fi) and record the good state again.",
)
POLL_S = 2.0
"""Seconds between two looks while the device restarts."""
PATIENCE_S = 840.0
"""Seconds the device may stay away: below the deadline of the step, so that this driver's words tell what to do."""
_TYPICAL_S = 300.0
_COMMANDS = {**PROPS_COMMAND, **SETTING_COMMANDS}


class Wipe:
    """One full erase, named by its execution."""

    def __init__(self, handle: AdbHandle, memory: Memory, exec_id: str) -> None:
        self._handle, self._memory, self._name = handle, memory, f"wipe-{exec_id}"

    @property
    def has_begun(self) -> bool:
        """Whether this erase may have been ordered already, also by an earlier process."""
        return self._memory.get(self._name) is not None

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
        self._handle.serialno = now.serial
        await self._enable()
        say(1.0)
        return Done()

    async def wait(self, say: Say) -> Done:
        """Until Android is up again with new data, whatever the connection does meanwhile.

        Raises `NeedsPerson` when the device does not let this computer in after `PATIENCE_S`: a device that was
        erased by other means than Android's test harness forgets whom it trusted."""
        began = time.monotonic()
        while not await self._is_back():
            waited = time.monotonic() - began
            is_closed = await self._is_closed()
            if waited >= PATIENCE_S:
                raise _not_back()
            say(min(0.95, waited / _TYPICAL_S), _ALLOW_AGAIN if is_closed else _STARTING)
            await asyncio.sleep(POLL_S)
        return Done(detail=_SET_UP)

    async def _is_closed(self) -> bool:
        """Whether the device is there and waits for somebody to allow this computer."""
        with contextlib.suppress(DeviceTrouble):
            device = await self._handle.find()
            return device is not None and device.state in ("unauthorized", "authorizing")
        return False

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
                LOCKED,
                UNLOCK,
            )
        if section.code or section.text.strip():
            raise Refused(
                "wipe-refused",
                Text(
                    de="Dieses Gerät kann nicht von hier aus gelöscht werden.",
                    en="This device cannot be erased from here.",
                ),
                Text(
                    de="Im Wiederherstellungsmenü vollständig löschen (Anleitung des Herstellers).",
                    en="Erase it fully in the recovery menu (maker's guide).",
                ),
                section.text.strip(),
            )

    async def _is_back(self) -> bool:
        try:
            now = parse(await self._handle.read(_COMMANDS))
        except DeviceTrouble:
            return False
        return now.props.get("sys.boot_completed") == "1" and data_id(now) not in (None, self._memory.get(self._name))


def _not_back() -> NeedsPerson:
    return NeedsPerson(
        "not-back",
        Text(
            de="Das Gerät ist nach dem Löschen noch nicht wieder verbunden.",
            en="The device has not connected again since it was erased.",
        ),
        Text(
            de="Am Gerät: einschalten und, wenn es danach fragt, neu einrichten.\n"
            "Am Gerät: USB-Debugging wieder erlauben (Entwickleroptionen, dann „Zulassen“).\n"
            "Danach den guten Zustand neu festhalten.",
            en="At the device: switch it on and, if it asks, set it up.\n"
            "At the device: allow USB debugging again (developer options, then “Allow”).\n"
            "Then record the good state again.",
        ),
    )


def data_id(now: Inventory) -> str | None:
    """Fingerprint of the id Android gives to a device's data at its first start."""
    value = now.settings.get("secure", {}).get("android_id")
    return fingerprint("android-id", value) if value else None
