"""Which of several connections may command a device."""

from collections.abc import Iterable
from dataclasses import dataclass

from medialab_wire.reports import Access, Presence

_ACCESS = {Access.OK: 3, Access.NEEDS_PERSON: 2, Access.FAILED: 1, Access.NONE: 0}
_PRESENCE = {Presence.PRESENT: 2, Presence.SILENT: 1, Presence.ABSENT: 0}


@dataclass(frozen=True)
class Way:
    """One connection of a device, as far as commanding goes."""

    connection: str
    has_driver: bool
    presence: Presence
    access: Access

    @property
    def rank(self) -> tuple[bool, int, int]:
        """The higher, the better it can be commanded."""
        return (self.has_driver, _PRESENCE[self.presence], _ACCESS[self.access])


def choose_owner(ways: Iterable[Way], current: str | None, is_busy: bool) -> str | None:
    """The connection that may command. It changes only for a really better one, and never during a job."""
    usable = sorted((way for way in ways if way.has_driver), key=lambda way: way.connection)
    holder = next((way for way in usable if way.connection == current), None)
    if holder is not None and is_busy:
        return holder.connection
    best = max(usable, key=lambda way: way.rank, default=None)
    if best is None or (holder is not None and holder.rank >= best.rank):
        return holder.connection if holder else None
    return best.connection
