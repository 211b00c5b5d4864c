"""What becomes of a person's choice between drivers: which connection it was made for, and which one it has ended."""

from collections.abc import Iterable

from medialab_hub.storage.tables import Connection


def asked_for(way: Connection, ways: Iterable[Connection]) -> list[Connection]:
    """Where the choice for this connection is kept: there, or at what the thing was until its driver was chosen."""
    if way.driver is None:
        return [way]
    return [
        former
        for former in ways
        if former.driver is None and former.agent_id == way.agent_id and former.chosen_driver == way.driver
    ]


def offered(way: Connection, ways: Iterable[Connection]) -> list[str]:
    """The drivers that a person can choose for it, also instead of the one that was chosen."""
    asked = asked_for(way, ways)
    return sorted({*(way.candidates if asked else ()), *(driver for former in asked for driver in former.candidates)})


def is_chosen(way: Connection, ways: Iterable[Connection]) -> bool:
    """Whether a person's choice stands behind it, which can be taken back."""
    return any(former.chosen_driver is not None for former in asked_for(way, ways))


def is_given_up(way: Connection, ways: Iterable[Connection]) -> bool:
    """Its driver was chosen once, but another one is now, or none: it may command nothing any more."""
    known = list(ways)
    if way.driver is None or not way.candidates or asked_for(way, known):
        return False
    return any(
        former.driver is None
        and former.agent_id == way.agent_id
        and not {former.chosen_driver, *former.candidates}.isdisjoint(way.candidates)
        for former in known
    )


def is_settled(way: Connection, ways: Iterable[Connection]) -> bool:
    """How a thing was reached until a person chose the driver by which it is reached now."""
    return (
        way.driver is None
        and way.chosen_driver is not None
        and any(other.driver == way.chosen_driver and other.agent_id == way.agent_id for other in ways)
    )
