"""The one word people read about a device, derived from facts and never stored."""

from enum import StrEnum


class DeviceStatus(StrEnum):
    """`found`: not adopted · `no_baseline`: adopted, no good state recorded yet ·
    `used`: has traces, or was never proven clean · `ready`: last reset proven and nothing left since · `resetting` · `waiting_person`: a job waits for hands ·
    `unverified`: something could not be checked · `accepted`: unverified, accepted by named staff ·
    `quarantined`: a check failed · `maintenance` · `needs_person`: somebody must allow access at the device ·
    `not_seen`: adopted and not present · `retired`."""

    FOUND = "found"
    NO_BASELINE = "no_baseline"
    USED = "used"
    READY = "ready"
    RESETTING = "resetting"
    WAITING_PERSON = "waiting_person"
    UNVERIFIED = "unverified"
    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    MAINTENANCE = "maintenance"
    NEEDS_PERSON = "needs_person"
    NOT_SEEN = "not_seen"
    RETIRED = "retired"
