"""Erasing an iPad by the school's device management, and what can be known of it afterwards."""

import asyncio
import contextlib
import time

from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.erase import FIRST_POLL_S, Mark, is_done
from medialab_agent.drivers.apple_ios.mdm.connector import Connector
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.steps import Done, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_wire.texts import Text

POLL_S = 15.0
"""Seconds between two questions to the management."""
PATIENCE_S = 840.0
"""Seconds the iPad may take; then the checks say what could not be seen."""
_TYPICAL_S = 420.0
STEPS = (
    Step(
        "order",
        Text(de="Geräteverwaltung beauftragen, das iPad zu löschen", en="Ask the device management to erase the iPad"),
        deadline_s=60,
    ),
    Step(
        "wait-for-management",
        Text(de="Warten, bis das iPad gelöscht wieder da ist", en="Wait until the iPad is back, erased"),
        deadline_s=900,
    ),
)
_WAITS = Text(
    de="Das iPad holt den Auftrag über das Internet ab. Eingeschaltet lassen.",
    en="The iPad fetches the order from the internet. Leave it switched on.",
)
_UNSEEN = Text(
    de="Das Ende war von hier aus nicht zu sehen.",
    en="The end could not be seen from here.",
)


class ManagedErase:
    """One erase by the management, named by its execution."""

    def __init__(self, ipad: IPad, connector: Connector, memory: Memory, exec_id: str) -> None:
        self._ipad, self._connector, self._memory = ipad, connector, memory
        self._mark, self._name = Mark(memory, exec_id), f"mdm-{exec_id}"

    async def order(self) -> Done:
        """Once: a repetition after an interruption orders nothing again, for the first order may have been taken."""
        if self._memory.get(self._name) is not None:
            return Done(changed=False)
        before = (await self._connector.state(self._ipad.udid)).checked_in
        with contextlib.suppress(DeviceTrouble):  # not on a cable, or a stranger: then the management alone is asked
            await self._mark.set(self._ipad)
        self._memory.put(self._name, "?" if before is None else str(before))
        try:
            await self._connector.erase(self._ipad.udid)
        except Refused:
            self._memory.put(self._name, None)
            raise
        return Done()

    async def wait(self, say: Say) -> Done:
        """Until both ways of looking say it is done, or `PATIENCE_S` is over; the checks judge."""
        began, pause = time.monotonic(), FIRST_POLL_S
        while (waited := time.monotonic() - began) < PATIENCE_S:
            with contextlib.suppress(DeviceTrouble):
                if await is_done(self._ipad, self._mark) and await self.is_seen():
                    return Done()
            say(min(0.95, waited / _TYPICAL_S), _WAITS)
            await asyncio.sleep(pause)
            pause = min(POLL_S, pause * 1.5)
        return Done(detail=_UNSEEN)

    async def is_seen(self) -> bool | None:
        """Whether the management manages it and heard of it after the order; None: it does not say."""
        before = self._memory.get(self._name)
        state = await self._connector.state(self._ipad.udid)
        if state.is_managed is None or state.checked_in is None or not (before or "").isdecimal():
            return None
        return state.is_managed and state.checked_in > int(before or "0")
