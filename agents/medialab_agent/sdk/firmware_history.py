"""Which firmware a device was last proven to carry. Going back to an older one needs a reason, which is recorded.

remember(memory, script)                           # once every byte was read back: in `verify`, and in `plan`
words = going_back(memory, script, order.params)   # in `plan` after the look, and before writing; raises `Refused`

Only what was proven counts: a learner's program may call itself anything, and must not keep a board from its reset."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.evidence import MOST
from medialab_agent.sdk.firmware_script import Script
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

REASON = "older_because"
"""The order's parameter that says why; it is journaled with the order, and shown with the step."""
SCRIPTS_MOST = 32
"""Scripts remembered for one device; the one that was not on it for longest is forgotten."""
_PROVEN = "firmware-proven"


def remember(memory: Memory, script: Script) -> None:
    """This is on the device, and every byte of it was read back."""
    others = {script_id: version for script_id, version in _history(memory).items() if script_id != script.id}
    latest = [*others.items(), (script.id, script.version)][-SCRIPTS_MOST:]
    memory.put(_PROVEN, "\n".join(f"{script_id} {version}" for script_id, version in latest))


def proven(memory: Memory, script: Script) -> str | None:
    """The version of this very script that was proven last, whatever was on the device since; None: never."""
    return _history(memory).get(script.id) or None


def _history(memory: Memory) -> dict[str, str]:
    """Version by script, the latest at the end."""
    lines = (memory.get(_PROVEN) or "").splitlines()
    return {script_id: version for script_id, _, version in (line.partition(" ") for line in lines)}


def is_older(version: str, than: str) -> bool:
    """By numbers, not by letters; what is missing counts as 0. Anything else than numbers and dots is never newer."""
    try:
        mine, other = ([int(part) for part in text.split(".")] for text in (version, than))
    except ValueError:
        return False
    size = max(len(mine), len(other))
    return mine + [0] * (size - len(mine)) < other + [0] * (size - len(other))


def going_back(
    memory: Memory | None, script: Script, params: Mapping[str, Any], carried: str | None = None
) -> Text | None:
    """Words for the record when this is older than what was proven and the order says why; None when it is not older.

    `carried`: the version a maker's own firmware reports, where learners cannot change it. Raises `Refused`."""
    before = carried or (proven(memory, script) if memory else None)
    if before is None or not is_older(script.version, before):
        return None
    reason = _reason(params)
    if not reason:
        raise _older(f"{script.id}: {script.version} after {before}")
    return Text(
        de=_cut(f"{script.id} {script.version} statt {before[:40]}: {reason}"),
        en=_cut(f"{script.id} {script.version} instead of {before[:40]}: {reason}"),
    )


def _reason(params: Mapping[str, Any]) -> str:
    """In one line of visible characters."""
    told = params.get(REASON)
    line = " ".join(told.split()) if isinstance(told, str) else ""
    return line if line.isprintable() else ""


def _cut(line: str) -> str:
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"


def _older(detail: str) -> Refused:
    return Refused(
        "older-firmware",
        Text(
            de="Diese Firmware ist älter als die, die zuletzt auf dem Gerät war. Es wurde nichts geschrieben.",
            en="This firmware is older than what was on the device last. Nothing was written.",
        ),
        Text(
            de="Bitte die Person fragen, die die Firmware betreut: Meist soll die neuere aufgespielt werden.\n"
            "Soll es wirklich die ältere sein, das Gerät noch einmal zurücksetzen und dabei den Grund eintragen.",
            en="Ask the person who looks after the firmware: usually the newer one shall be installed.\n"
            "If it really shall be the older one, reset the device once more and enter the reason with it.",
        ),
        detail,
    )
