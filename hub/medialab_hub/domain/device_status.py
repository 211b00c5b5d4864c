"""The one word people read about a device, derived from facts and never stored."""

from enum import StrEnum


class DeviceStatus(StrEnum):
    """What a device is good for at this moment."""

    FOUND = "found"
    """Seen, not adopted."""
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
    """Somebody has to allow access at the device."""
    NOT_SEEN = "not_seen"
    """Adopted and not present."""
    RETIRED = "retired"
