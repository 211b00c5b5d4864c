"""What the runtime does for every driver: record a baseline, let a device show itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.runtime import troubles
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.steps import Step
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import Trouble
from medialab_wire.texts import Text

LARGEST_SNAPSHOT = 262_144
"""Bytes of JSON a baseline may have; it travels in one message."""

RECORD = "record-baseline"
FIND = "find-me"

PLANS: Mapping[str, tuple[Step, ...]] = {
    RECORD: (Step("read", Text(de="Den jetzigen Zustand lesen", en="Read the present state")),),
    FIND: (Step("show", Text(de="Das Gerät macht sich bemerkbar", en="The device shows itself")),),
}
"""One step each; no driver has to plan them."""


@dataclass(frozen=True)
class Carried:
    """What came of it: the snapshot of `record-baseline`, and what of `find-me` nobody could read back."""

    snapshot: dict[str, Any] | None = None
    unseen: Text | None = None


async def carry_out(driver: Driver, action: str) -> Carried:
    """Carry out one of `PLANS`."""
    if action == FIND:
        await driver.find_me()
        return Carried(unseen=driver.unseen)
    return Carried(_plain(await driver.snapshot()))


def _plain(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(dict(snapshot), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _unusable(str(error)) from error
    if len(text) > LARGEST_SNAPSHOT:
        raise _unusable(f"{len(text)} bytes")
    plain: dict[str, Any] = json.loads(text)
    return plain


def _unusable(detail: str) -> DeviceTrouble:
    said: Trouble = troubles.SNAPSHOT_UNUSABLE
    return DeviceTrouble(said.code, said.text, said.remedy, detail)
