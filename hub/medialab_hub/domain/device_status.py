"""The one word people read about a device, derived from facts and never stored."""

from dataclasses import dataclass
from enum import StrEnum

from medialab_wire.progress import Outcome
from medialab_wire.reports import Access, Presence


class DeviceStatus(StrEnum):
    """What a device is good for at this moment."""

    FOUND = "found"
    """Seen, not adopted."""
    SEEN = "seen"
    """Adopted, never proven, and nothing can be done to it from here: it is looked at, and its state is not known."""
    NO_BASELINE = "no_baseline"
    """Adopted, but no good state has been recorded."""
    USED = "used"
    """Has traces of people, or was never proven clean."""
    READY = "ready"
    """The last reset is proven and nothing was left since."""
    RESETTING = "resetting"
    WAITING_PERSON = "waiting_person"
    """A job waits for somebody's hands."""
    UNVERIFIED = "unverified"
    """Something could not be checked."""
    ACCEPTED = "accepted"
    """Unverified, and named staff accepted it."""
    QUARANTINED = "quarantined"
    """A check failed."""
    MAINTENANCE = "maintenance"
    NEEDS_PERSON = "needs_person"
    """Somebody has to do something at the device before it lets us in, for example allow it there."""
    NEEDS_ACCESS = "needs_access"
    """It asks for something that is entered here, for example a password, and does not let us in."""
    NOT_SEEN = "not_seen"
    """Adopted and not present."""
    RETIRED = "retired"


@dataclass(frozen=True)
class DeviceFacts:
    """Everything the status is derived from. `has_reset`: a reset is open; `has_waiting_job`: one waits for hands."""

    is_adopted: bool = True
    is_retired: bool = False
    presence: Presence = Presence.PRESENT
    access: Access = Access.OK
    asks_for_access: bool = False
    """What lets us in is entered here, not done at the device."""
    has_baseline: bool = True
    has_reset: bool = False
    has_waiting_job: bool = False
    is_quarantined: bool = False
    is_in_maintenance: bool = False
    outcome: Outcome | None = None
    """Of the last reset that touched it."""
    is_accepted: bool = False
    traces: int = 0
    was_used: bool = False
    """Traces were seen since the last reset, even if they are gone now: nobody proved what else is left."""


def derive_status(facts: DeviceFacts) -> DeviceStatus:
    """The most important word about a device; what keeps people from using it comes first."""
    if (life := _life(facts)) is not None:
        return life
    if (block := _block(facts)) is not None:
        return block
    return _proof(facts)


def _life(facts: DeviceFacts) -> DeviceStatus | None:
    if facts.is_retired:
        return DeviceStatus.RETIRED
    if not facts.is_adopted:
        return DeviceStatus.FOUND
    if facts.has_waiting_job:
        return DeviceStatus.WAITING_PERSON
    return DeviceStatus.RESETTING if facts.has_reset else None


def _block(facts: DeviceFacts) -> DeviceStatus | None:
    if facts.is_quarantined:
        return DeviceStatus.QUARANTINED
    if facts.is_in_maintenance:
        return DeviceStatus.MAINTENANCE
    if facts.presence is not Presence.PRESENT:
        return DeviceStatus.NOT_SEEN
    if facts.access is not Access.NEEDS_PERSON:
        return None
    return DeviceStatus.NEEDS_ACCESS if facts.asks_for_access else DeviceStatus.NEEDS_PERSON


def _proof(facts: DeviceFacts) -> DeviceStatus:
    has_traces = facts.traces > 0 or facts.was_used
    if facts.access is Access.NONE and facts.outcome is None and not has_traces:
        return DeviceStatus.SEEN
    if not facts.has_baseline:
        return DeviceStatus.NO_BASELINE
    if facts.outcome is Outcome.UNVERIFIED and not facts.is_accepted:
        return DeviceStatus.UNVERIFIED
    if has_traces:
        return DeviceStatus.USED
    if facts.outcome is Outcome.UNVERIFIED:
        return DeviceStatus.ACCEPTED
    return DeviceStatus.READY if facts.outcome is Outcome.CLEAN else DeviceStatus.USED
