"""What the runtime does for every driver: record a baseline, let a device show itself."""

import json
from collections.abc import Mapping
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


async def carry_out(driver: Driver, action: str) -> dict[str, Any] | None:
    """The snapshot for `record-baseline`, else None."""
    if action == FIND:
        await driver.find_me()
        return None
    return _plain(await driver.snapshot())


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
