"""Why a use case is refused, in the words people read."""

from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_wire.texts import Text


def no_such(noun: str, subject: str = "") -> NotFound:
    """The thing does not exist (any more)."""
    return NotFound(
        f"no-such-{noun}",
        Text(de="Das gibt es nicht (mehr).", en="There is no such thing (any more)."),
        Text(de="Die Seite neu laden.", en="Load the page again."),
        subject,
    )


def version_conflict() -> Conflict:
    """Somebody else changed it first."""
    return Conflict(
        "version-conflict",
        Text(de="Jemand anderes hat das inzwischen geändert.", en="Somebody else has changed this in the meantime."),
        Text(de="Neu laden und noch einmal versuchen.", en="Load it again and try once more."),
    )


def job_is_open(job: str) -> Conflict:
    """One live job a device."""
    return Conflict(
        "job-is-open",
        Text(de="An diesem Gerät läuft schon ein Auftrag.", en="A job is already running on this device."),
        Text(de="Warten, bis er fertig ist, oder ihn abbrechen.", en="Wait until it is done, or stop it."),
        job,
    )


def job_is_over(job: str) -> Conflict:
    """Nothing more will happen with it."""
    return Conflict(
        "job-is-over",
        Text(de="Dieser Auftrag ist schon zu Ende.", en="This job has already ended."),
        None,
        job,
    )


def not_possible(code: str, reason: Text, detail: str = "") -> Conflict:
    """The state of the thing does not allow it."""
    return Conflict(code, reason, None, detail)


def not_understood(code: str, title: Text, detail: str = "") -> HubError:
    """The request makes no sense for this thing."""
    return HubError(code, title, None, detail)
