"""Erasing an iPad of the lab's own by USB, and knowing that it was done.

Trust lies in what is erased: an iPad that no longer knows this computer by the name it had for it has lost its data.
That name is remembered before the order, so a restart or repetition never erases a set-up iPad twice."""

import asyncio
import contextlib
import time

from medialab_agent.drivers.apple_ios import services
from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.inventory import Inventory, read
from medialab_agent.drivers.apple_ios.troubles import locked, not_trusted
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.steps import Done, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused
from medialab_wire.texts import Text

FIRST_POLL_S, POLL_S = 0.1, 3.0
"""Seconds between the first looks while it restarts, and between later ones."""
PATIENCE_S = 840.0
"""Seconds it may stay away: below the deadline of the step, so that this driver's words tell what to do."""
_TYPICAL_S = 240.0
STEPS = (
    Step("erase", Text(de="iPad vollständig löschen", en="Erase the iPad completely"), deadline_s=60),
    Step(
        "wait-for-start",
        Text(de="Warten, bis das iPad leer wieder da ist", en="Wait until the iPad is back, empty"),
        deadline_s=900,
    ),
    Step("connect", Text(de="Wieder verbinden", en="Connect again"), deadline_s=60),
)
_RESTARTS = Text(
    de="Das iPad löscht sich und startet neu. Angesteckt lassen.",
    en="The iPad erases itself and restarts. Leave it plugged in.",
)
SET_UP = Text(
    de="Gelöscht. Jetzt das iPad neu einrichten und den guten Zustand neu festhalten.",
    en="Erased. Now set the iPad up again and record the good state again.",
)


class Mark:
    """The name by which an iPad knew this computer before it was erased by a given execution."""

    def __init__(self, memory: Memory, exec_id: str) -> None:
        self._memory, self._name = memory, f"erase-{exec_id}"

    @property
    def host_id(self) -> str | None:
        """What was remembered; None: nothing was ordered yet."""
        return self._memory.get(self._name)

    async def set(self, ipad: IPad) -> None:
        """Remember it now, unless that was done. Raises `NotTrusted`: what it does not know it cannot forget."""
        if self.host_id is None:
            trust = await ipad.trust()
            if trust is None or await ipad.refuses(trust.host_id):
                raise not_trusted()
            self._memory.put(self._name, trust.host_id)

    async def is_gone(self, ipad: IPad) -> bool | None:
        """Whether the iPad has forgotten that name; None: nothing was remembered. Raises `DeviceTrouble`."""
        return None if self.host_id is None else await ipad.refuses(self.host_id)


def refuse_unless_ours(now: Inventory) -> None:
    """Raises `Refused` or `NeedsPerson` for an iPad that must not be erased from here, in the order of what helps."""
    if now.is_locked:
        raise locked()
    if now.is_managed is None:
        raise Refused(
            "management-unknown",
            Text(
                de="Es ist nicht lesbar, ob das iPad zu einer Geräteverwaltung gehört. Darum wird es nicht gelöscht.",
                en="It cannot be read whether the iPad belongs to a device management. So it is not erased.",
            ),
            Text(de="iPad entsperren, neu anstecken und wiederholen.", en="Unlock it, plug it in again and repeat."),
        )
    if now.is_managed:
        raise Refused(
            "managed-device",
            Text(
                de="Dieses iPad gehört zu einer Geräteverwaltung (MDM) und wird von hier aus nicht gelöscht.",
                en="This iPad belongs to a device management (MDM) and is not erased from here.",
            ),
            Text(
                de="„Durch die Geräteverwaltung löschen“ wählen oder dort von Hand löschen.",
                en="Choose “Erase by the device management”, or erase it there by hand.",
            ),
        )
    # absent means off, as libimobiledevice's idevicebackup2 reads it
    if now.find_my and not now.awaits_setup:
        raise _tied()


def _tied() -> NeedsPerson:
    return NeedsPerson(
        "find-my",
        Text(
            de="Auf dem iPad ist „Wo ist?“ eingeschaltet: nach dem Löschen ließe es sich nur mit dem Apple-Account "
            "der Person wieder einrichten.",
            en="“Find My” is switched on at the iPad: once erased it could only be set up again with that person's "
            "Apple Account.",
        ),
        Text(
            de="Am iPad: Einstellungen, ganz oben auf den Namen tippen, „Abmelden“. Danach wiederholen.",
            en="At the iPad: Settings, tap the name at the top, “Sign out”. Then repeat.",
        ),
    )


class Erase:
    """One erase by USB."""

    def __init__(self, ipad: IPad, mark: Mark) -> None:
        self._ipad, self._mark = ipad, mark

    async def order(self) -> Done:
        """Erase, unless it was done already. Raises `Refused` and `NeedsPerson`."""
        if self._mark.host_id is not None and await self._has_begun():
            return Done(changed=False)
        refuse_unless_ours(await read(self._ipad))
        await self._mark.set(self._ipad)
        async with self._ipad.session() as session, session.service(services.PROFILES) as stream:
            await services.erase(stream)
        return Done()

    async def _has_begun(self) -> bool:
        """After an interruption: an iPad that cannot be asked may be erasing itself, so it is waited for."""
        pause = FIRST_POLL_S
        while True:
            with contextlib.suppress(DeviceTrouble):
                return await self._mark.is_gone(self._ipad) is True
            await asyncio.sleep(pause)
            pause = min(POLL_S, pause * 1.5)

    async def wait(self, say: Say) -> Done:
        """Until it is back and has forgotten us. Raises `NeedsPerson` after `PATIENCE_S`."""
        began, pause = time.monotonic(), FIRST_POLL_S
        while not await is_done(self._ipad, self._mark):
            waited = time.monotonic() - began
            if waited > PATIENCE_S:
                raise _not_back()
            say(min(0.95, waited / _TYPICAL_S), _RESTARTS)
            await asyncio.sleep(pause)
            pause = min(POLL_S, pause * 1.5)
        return Done()

    async def connect(self) -> Done:
        """An iPad that shows its setup assistant trusts without a tap (usbmuxd, src/preflight.c); others are left."""
        if await self._ipad.is_trusted() or await self._ipad.pair(None):
            return Done(detail=SET_UP)
        return Done(changed=False, detail=SET_UP)


async def is_done(ipad: IPad, mark: Mark) -> bool:
    """Whether it answers, started normally, and no longer knows us by the old name."""
    with contextlib.suppress(DeviceTrouble):
        async with ipad.door() as door:
            is_up = await door.is_up()
        return is_up and await mark.is_gone(ipad) is True
    return False


def _not_back() -> NeedsPerson:
    return NeedsPerson(
        "not-back",
        Text(
            de="Das iPad ist nach dem Löschen noch nicht leer wieder da.",
            en="The iPad has not come back empty since it was erased.",
        ),
        Text(
            de="Am iPad nachsehen: Erscheint „Hallo“, anstecken und wiederholen. "
            "Sonst am Gerät löschen: Einstellungen, Allgemein, iPad übertragen/zurücksetzen.",
            en="Look at the iPad: if it says “Hello”, plug it in and repeat. "
            "Otherwise erase it there: Settings, General, Transfer or Reset iPad.",
        ),
    )
