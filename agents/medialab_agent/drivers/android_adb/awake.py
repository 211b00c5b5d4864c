"""Keeping a headset awake for a long step, and always letting it sleep again, even after a crash of the agent."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.android_adb.device import AdbHandle
from medialab_agent.drivers.android_adb.inventory import PROPS_COMMAND, SETTING_COMMANDS, parse_props, parse_settings
from medialab_agent.drivers.android_adb.profiles import Profile, choose
from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.steps import Done

_FLAG = "kept-awake"
_STAY_ON = "stay_on_while_plugged_in"


class Awake:
    """Remembers durably, before it acts, that a device is kept awake."""

    def __init__(self, handle: AdbHandle, memory: Memory) -> None:
        self._handle, self._memory = handle, memory

    async def keep(self, profile: Profile) -> None:
        """Keep awake where the class needs it: some headsets drop their connection when they sleep."""
        if not profile.awake:
            return
        if self._memory.get(_FLAG) is None:
            values = parse_settings((await self._handle.read(SETTING_COMMANDS)).get("global")) or {}
            self._memory.put(_FLAG, values.get(_STAY_ON, "0"))
        await self._handle.change({f"a{at}": command for at, command in enumerate(profile.awake)})

    async def release(self) -> None:
        """Undo `keep`, also one of an earlier process. Nothing when nothing was kept."""
        before = self._memory.get(_FLAG)
        if before is None:
            return
        profile = choose(parse_props((await self._handle.read(PROPS_COMMAND)).get("props")))
        await self._let_sleep(profile, before)
        self._memory.put(_FLAG, None)

    async def settle(self, profile: Profile, baseline: Mapping[str, Any]) -> Done:
        """Start screen; sleep as recorded."""
        recorded = (baseline.get("settings") or {}).get("global") or {}
        await self._let_sleep(profile, str(recorded.get(_STAY_ON, "0")))
        self._memory.put(_FLAG, None)
        await self._handle.change({"home": "input keyevent KEYCODE_HOME"})
        return Done(changed=False)

    async def _let_sleep(self, profile: Profile, stay_on: str) -> None:
        commands = {f"z{at}": command for at, command in enumerate(profile.asleep)}
        value = stay_on if stay_on.isdecimal() else "0"
        await self._handle.change(commands | {"stay": f"settings put global {_STAY_ON} {value}"})
