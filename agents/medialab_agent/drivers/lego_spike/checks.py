"""What a SPIKE hub lets us read back after a reset; never uses what the steps returned."""

from medialab_agent.drivers.lego_spike import words
from medialab_agent.drivers.lego_spike.hub import Hub
from medialab_agent.drivers.lego_spike.messages import SLOTS
from medialab_agent.sdk.evidence import count
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text


async def programs(hub: Hub) -> Check:
    """Slots cannot be listed. Asked to clear a slot again, the hub acknowledges when something was there, and refuses
    when nothing was. A refusal counts only where it was tried out that it means this, in that very slot."""
    full, mute = 0, 0
    for slot in range(SLOTS):
        was_full, tells = await hub.clear(slot), await hub.tells_empty_slots(slot)
        full, mute = full + was_full, mute + (not tells)
    observed = count("noch belegte Plätze", "slots still in use", full)
    if mute == SLOTS or (mute and not full):
        return _check("programs", words.PROGRAMS, CheckResult.UNKNOWN, words.SLOT_TELLS_NOTHING)
    result = CheckResult.FAILED if full else CheckResult.PASSED
    return _check("programs", words.PROGRAMS, result, observed, count("belegte Plätze", "slots in use", 0))


async def still(hub: Hub) -> Check:
    """No motor gets power or turns."""
    state = await hub.state()
    if state.battery is None and not state.motors:
        return _check("still", words.STILL, CheckResult.UNKNOWN, words.NOT_TOLD)
    result = CheckResult.FAILED if state.turning else CheckResult.PASSED
    observed = count("Motoren, die sich drehen", "motors that turn", state.turning)
    return _check("still", words.STILL, result, observed, Text.same("0"))


async def name(hub: Hub, wanted: str) -> Check:
    """It is called as in the baseline; evidence never says how."""
    is_same = await hub.name() == wanted
    result = CheckResult.PASSED if is_same else CheckResult.FAILED
    return _check("name", words.NAME, result, words.SAME if is_same else words.OTHER, words.SAME)


def _check(check: str, title: Text, result: CheckResult, observed: Text, expected: Text | None = None) -> Check:
    return Check(id=check, title=title, result=result, observed=observed, expected=expected)
