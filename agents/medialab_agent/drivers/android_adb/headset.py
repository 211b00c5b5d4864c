"""What only VR headsets have: controllers with batteries of their own, and the guardian around the player. Pure.

Outputs of Meta Horizon OS as read in open Quest tools: `dumpsys OVRRemoteService` and the property that pauses the
guardian until the next restart. PICO and VIVE tell neither by shell: nothing is claimed for them."""

import re
from collections.abc import Mapping

from medialab_agent.drivers.android_adb.sections import Section
from medialab_wire.base import Scalar

CONTROLLER_COMMANDS = {"controllers": "dumpsys OVRRemoteService | grep 'Paired device:'"}
GUARDIAN_PAUSE = "debug.oculus.guardian_pause"
"""`1` while the guardian is paused; lost at a restart."""
MOST_CONTROLLERS = 8

_CONTROLLER = re.compile(r"Paired device:.*?\bType:\s*(Left|Right)\b(?:.*?\bBattery:\s*(\d{1,3})%)?", re.IGNORECASE)
_CONNECTED = re.compile(r"\bExternalStatus:\s*CONNECTED", re.IGNORECASE)


def parse_controllers(section: Section | None) -> Mapping[str, int | None] | None:
    """Side (`left`, `right`) → battery in percent; None for one that is asleep, for its last value may be old.

    None as a whole where the device has no such service."""
    if section is None or section.code or "Paired device:" not in section.text:
        return None
    found: dict[str, int | None] = {}
    for line in section.lines[:MOST_CONTROLLERS]:
        if match := _CONTROLLER.search(line):
            is_awake = bool(_CONNECTED.search(line)) and match[2] is not None
            found[match[1].lower()] = min(100, int(match[2])) if is_awake else None
    return found


def guardian_paused(props: Mapping[str, str]) -> bool:
    """Whether somebody paused the guardian."""
    return props.get(GUARDIAN_PAUSE, "") == "1"


def volatile(controllers: Mapping[str, int | None] | None) -> dict[str, Scalar]:
    """Batteries of the controllers that are awake."""
    return {f"controller_{side}": level for side, level in (controllers or {}).items() if level is not None}


def facts(controllers: Mapping[str, int | None] | None) -> dict[str, Scalar]:
    """How many controllers are paired."""
    return {} if controllers is None else {"controllers": len(controllers)}
