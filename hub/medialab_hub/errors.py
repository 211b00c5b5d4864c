"""Errors people see: a stable code, what happened, what to do."""

from medialab_wire.texts import Text


class HubError(Exception):
    """A use case that cannot be carried out. Becomes an RFC 9457 problem with this HTTP status."""

    status = 400

    def __init__(self, code: str, title: Text, remedy: Text | None = None, detail: str = "") -> None:
        super().__init__(f"{code}: {title.en} {detail}".strip())
        self.code = code
        self.title = title
        self.remedy = remedy
        self.detail = detail


class NotFound(HubError):
    """There is no such thing (any more)."""

    status = 404


class Conflict(HubError):
    """Somebody else was faster, or the thing is in a state that does not allow it."""

    status = 409


class Forbidden(HubError):
    """The role does not cover it."""

    status = 403


class NotSignedIn(HubError):
    """Nobody is signed in."""

    status = 401


class TooMany(HubError):
    """Too often; try again later."""

    status = 429


class Unavailable(HubError):
    """A part of the hub does not work at the moment."""

    status = 503
