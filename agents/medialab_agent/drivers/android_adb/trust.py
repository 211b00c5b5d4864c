"""Keeping adb's trust from running out: Android forgets a computer after seven days without a connection.

AOSP: Settings.Global.ADB_ALLOWED_CONNECTION_TIME, 0 means never."""

from medialab_agent.drivers.android_adb.device import AdbHandle
from medialab_agent.drivers.android_adb.inventory import SETTING_COMMANDS, parse_settings
from medialab_agent.sdk.steps import Done, Step
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

KEEP_TRUST = "keep-trust"
_SETTING = "adb_allowed_connection_time"
_TITLE = Text(de="Das Vertrauen läuft nicht mehr ab", en="The trust does not run out any more")


def keep_trust_plan() -> tuple[Step, ...]:
    """One step."""
    return (Step(KEEP_TRUST, _TITLE, deadline_s=30),)


async def keep_trust(handle: AdbHandle) -> Done:
    """Switch the expiry off; nothing when it is off already."""
    if await _value(handle) == "0":
        return Done(changed=False)
    await handle.change({"trust": f"settings put global {_SETTING} 0"})
    return Done()


async def trust_kept(handle: AdbHandle) -> tuple[Check, ...]:
    """Read the setting back."""
    value = await _value(handle)
    result = CheckResult.UNKNOWN if value is None else CheckResult.PASSED if value == "0" else CheckResult.FAILED
    return (Check(id=KEEP_TRUST, title=_TITLE, result=result),)


async def _value(handle: AdbHandle) -> str | None:
    """What is set; `default` where nothing is; None when the settings cannot be read."""
    values = parse_settings((await handle.read({"global": SETTING_COMMANDS["global"]})).get("global"))
    return None if values is None else values.get(_SETTING, "default")
