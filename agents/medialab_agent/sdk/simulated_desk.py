"""The front desk of a simulated device with a web server: plays the faults, and notes what changed something."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from medialab_agent.sdk.simulated_http import Ask, Reply
from medialab_agent.sdk.simulator import Fault

RUBBISH = Reply(200, b"\x00<html>\xff{]", {"Content-Type": "application/json"})


def _lets_in(_ask: Ask) -> Reply | None:
    """Everybody."""


@dataclass(frozen=True)
class FrontDesk:
    """`route` answers, `condition` is everything a command can change and a person could notice, `note` is told each
    request that changed it, `die` drops everything; `refusal` is said before a change is swallowed."""

    faults: set[Fault]
    route: Callable[[Ask], Reply]
    condition: Callable[[], object]
    note: Callable[[str, str], None]
    die: Callable[[], None]
    refusal: Callable[[Ask], Reply | None] = _lets_in

    async def handle(self, ask: Ask, slow_s: float) -> Reply | None:
        """The answer, after `slow_s` while it is slow; None to keep silent for ever."""
        changes = ask.method != "GET"
        if Fault.SLOW in self.faults:
            await asyncio.sleep(slow_s)
        if Fault.GARBAGE in self.faults:
            return RUBBISH
        if (refusal := self.refusal(ask)) is not None:
            return refusal
        if changes and Fault.DIE in self.faults:
            self.die()
        if changes and self.faults & {Fault.HANG, Fault.DIE}:
            return None
        before = self.condition()
        reply = self.route(ask)
        if self.condition() != before:
            self.note(ask.method.lower(), ask.path)
        return reply
