"""Kinds of journal entries; past tense, `<noun>.<what happened>`."""

from enum import StrEnum


class Happened(StrEnum):
    """Everything that is worth a line in the journal. Its data are ids, codes and counts, never what somebody typed."""

    DEVICE_FOUND = "device.found"
    DEVICE_CHANGED = "device.changed"
    DEVICE_REPORTED = "device.reported"
    DEVICE_MOVED = "device.connection_moved"
    DEVICE_ADOPTED = "device.adopted"
    DEVICE_EDITED = "device.edited"
    DEVICE_RETIRED = "device.retired"
    DEVICE_MERGED = "device.merged"
    DEVICE_SPLIT = "device.split"
    DEVICE_KEPT_APART = "device.kept_apart"
    DEVICE_DRIVER_CHOSEN = "device.driver_chosen"
    DEVICE_CLASHED = "device.clashed"
    BASELINE_RECORDED = "baseline.recorded"
    AGENT_CHANGED = "agent.changed"
    AGENT_INVENTORIED = "agent.inventoried"
    JOB_REQUESTED = "job.requested"
    JOB_RELEASED = "job.released"
    JOB_REPORTED = "job.reported"
    JOB_CANCEL_WANTED = "job.cancel_wanted"
    JOB_ANSWERED = "job.answered"
    JOB_ENDED = "job.ended"
    JOB_ACCEPTED = "job.accepted"
    BATCH_STARTED = "batch.started"
    BATCH_CANCELED = "batch.canceled"
    ALLOCATION_STARTED = "allocation.started"
    ALLOCATION_ENDED = "allocation.ended"
    PLACE_ADDED = "place.added"
    PLACE_REMOVED = "place.removed"
    ADDRESS_ADDED = "address.added"
    ADDRESS_REMOVED = "address.removed"
    ISSUE_OPENED = "issue.opened"
    ISSUE_CLOSED = "issue.closed"
    WIRE_INVALID = "wire.invalid"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGNED_OUT = "user.signed_out"
    SIGN_IN_REFUSED = "user.sign_in_refused"
    TOKEN_ADDED = "token.added"  # noqa: S105 - what happened
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - what happened
    ACCOUNT_DELETED = "account.deleted"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 - what happened
    PASSWORD_REFUSED = "account.password_refused"  # noqa: S105 - what happened
    TEXTS_ERASED = "texts.erased"
