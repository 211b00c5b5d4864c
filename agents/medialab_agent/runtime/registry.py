"""Sightings become connections: one per driver and device, with an id that stays the same."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from medialab_agent.runtime import reporting
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.session import DeviceSession
from medialab_agent.runtime.shelf import BrokenDriver, Shelf
from medialab_agent.runtime.unclaimed import group_of
from medialab_agent.sdk.driver import DeviceLink, Memory
from medialab_wire.reports import Report
from medialab_wire.sightings import Sighting

log = logging.getLogger(__name__)

MOST_SIGHTINGS = 16
"""Sightings remembered per connection, absent ones included; the oldest absent one goes first."""
MOST_CLAIMED, MOST_UNCLAIMED = 2_000, 500
"""Connections of one agent; further ones stay unseen, so that a noisy or hostile network floods nobody."""

Slot = tuple[str, str]


@dataclass(frozen=True)
class Claim:
    """Whose a sighting is: a driver's with the driver's key, or nobody's (`driver` None) with a group of its own."""

    driver: str | None
    key: str
    tied: tuple[str, ...] = ()
    """Drivers between which a person chooses, or chose."""
    formerly: str | None = None
    """The connection for which a person chose this driver."""


@dataclass
class Connection:
    """One device as one agent reaches it."""

    dev: str
    claim: Claim
    sightings: dict[Slot, Sighting] = field(default_factory=dict)
    session: DeviceSession | None = None

    @property
    def is_seen(self) -> bool:
        """True while discovery sees it somewhere."""
        return any(sighting.present for sighting in self.sightings.values())

    def take(self, sighting: Sighting) -> None:
        """Remember the newest sighting of each place."""
        self.sightings.pop((sighting.source, sighting.key), None)
        self.sightings[sighting.source, sighting.key] = sighting
        if len(self.sightings) > MOST_SIGHTINGS:
            absent = (slot for slot, known in self.sightings.items() if not known.present)
            self.sightings.pop(next(absent, next(iter(self.sightings))))


def dev_id(driver: str | None, key: str) -> str:
    """Stable id `[a-z0-9-]` of one connection: the same after replug, restart and reinstallation."""
    digest = blake2b(f"{driver or ''}\0{key}".encode(), digest_size=8).hexdigest()
    return f"{(driver or 'seen')[:40]}-{digest}"


def _place(sighting: Sighting) -> str:
    """Where it is seen, for a person's choice; services of one host are one place."""
    return group_of(sighting) or f"{sighting.source}:{sighting.key}"


class Registry:
    """All connections of this agent. `publish` gets every new report, `changed` is called when connections come."""

    def __init__(
        self,
        shelf: Shelf,
        memory: Callable[[str], Memory],
        settings: Callable[[str], Mapping[str, str]],
        publish: Callable[[Report], None],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._shelf, self._memory, self._settings = shelf, memory, settings
        self._pass_on, self._changed = publish, changed
        self._connections: dict[str, Connection] = {}
        self._slots: dict[Slot, str] = {}
        self._choices: Mapping[str, str] = {}
        self._access: Mapping[str, Mapping[str, str]] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    @property
    def devices(self) -> tuple[str, ...]:
        """Ids of all connections, also of absent ones."""
        return tuple(sorted(self._connections))

    def session(self, dev: str) -> DeviceSession | None:
        """The session of a connection that a driver claims and discovery has seen."""
        connection = self._connections.get(dev)
        return None if connection is None else connection.session

    def is_unclaimed(self, dev: str) -> bool:
        """True for a connection without a driver."""
        return dev in self._connections and self._connections[dev].session is None

    async def arrival(self, dev: str) -> None:
        """Return when that connection is there and seen."""
        while (session := self.session(dev)) is None or not session.is_seen:
            event = self._waiting.setdefault(dev, asyncio.Event())
            await event.wait()

    def see(self, sighting: Sighting) -> None:
        """Take one sighting from any source; on the event loop's thread."""
        slot = sighting.source, sighting.key
        before = self._slots.get(slot)
        if not sighting.present:
            if before is not None:
                self._update(self._connections[before], sighting)
            return
        claim = self._claim(sighting)
        if claim is None or not self._has_room(claim):
            return
        connection = self._connection(claim)
        if before is not None and before != connection.dev:
            self._hand_over(self._connections[before], connection, sighting)
        self._slots[slot] = connection.dev
        self._update(connection, sighting)

    def is_claimed(self, sighting: Sighting) -> bool:
        """Whether a driver claims it, or several do."""
        claim = self._claim(sighting)
        return claim is not None and (claim.driver is not None or bool(claim.tied))

    def choose(self, choices: Mapping[str, str]) -> None:
        """A person's choices for connections that several drivers claim: connection → driver.

        Where one is new, another, or taken back, the session there is ended in order before the next one begins."""
        before, self._choices = self._choices, dict(choices)
        decided = {dev for dev, _ in before.items() ^ self._choices.items()}
        if not decided:
            return
        for connection in list(self._connections.values()):
            for sighting in list(connection.sightings.values()):
                if sighting.present and dev_id(None, _place(sighting)) in decided:
                    self.see(sighting)

    def admit(self, access: Mapping[str, Mapping[str, str]]) -> None:
        """All that people entered so that devices let us in, by connection; what is missing is forgotten."""
        self._access = access
        for dev, connection in self._connections.items():
            if connection.session is not None:
                connection.session.admit(access.get(dev, {}))

    async def close(self) -> None:
        """Close all sessions."""
        sessions = [c.session for c in self._connections.values() if c.session is not None]
        await asyncio.gather(*(session.close() for session in sessions))

    def _claim(self, sighting: Sighting) -> Claim | None:
        found = candidates(sighting, self._shelf.manifests)
        group, place = group_of(sighting), _place(sighting)
        chosen = self._choices.get(dev_id(None, place)) if found else None
        claims: list[tuple[int, Claim]] = []
        for candidate in found:
            is_beaten = bool(claims) and candidate.score < claims[0][0]
            if is_beaten and candidate.driver != chosen:
                continue
            if (key := self._key(candidate.driver, sighting)) is not None:
                claims.append((candidate.score, Claim(candidate.driver, key)))
        tied = tuple(claim.driver or "" for _, claim in claims)
        for _, claim in claims:
            if claim.driver == chosen:
                return replace(claim, tied=tied, formerly=dev_id(None, place))
        if len(claims) == 1:
            return claims[0][1]
        if group is None and not claims:
            return None
        return Claim(None, place, tied)

    def _key(self, driver: str, sighting: Sighting) -> str | None:
        try:
            return self._shelf[driver].driver().key(sighting)
        except BrokenDriver as error:
            self._shelf.condemn(driver, str(error))
        except Exception as error:  # noqa: BLE001 - a defect of one driver, stated and never a crash
            self._shelf.condemn(driver, f"key() failed: {error!r}")
        self._changed()
        return None

    def _has_room(self, claim: Claim) -> bool:
        """Makes room by forgetting what is gone; False when there is none to make."""
        is_claimed = claim.driver is not None
        if dev_id(claim.driver, claim.key) in self._connections:
            return True
        alike = [c for c in self._connections.values() if (c.session is not None) is is_claimed]
        if len(alike) < (MOST_CLAIMED if is_claimed else MOST_UNCLAIMED):
            return True
        gone = next((c for c in alike if c.session is None and not c.is_seen), None)
        if gone is not None:
            del self._connections[gone.dev]
            self._slots = {slot: dev for slot, dev in self._slots.items() if dev != gone.dev}
        return gone is not None

    def _connection(self, claim: Claim) -> Connection:
        dev = dev_id(claim.driver, claim.key)
        connection = self._connections.get(dev)
        if connection is None:
            connection = self._connections[dev] = Connection(dev, claim)
            if claim.driver is not None:
                connection.session = self._open(dev, claim.driver, claim.key)
            self._changed()
        kept = connection.claim
        connection.claim = (
            claim if claim.formerly else replace(claim, formerly=kept.formerly, tied=claim.tied or kept.tied)
        )
        return connection

    def _hand_over(self, old: Connection, new: Connection, sighting: Sighting) -> None:
        """It was the old one's until now; nobody talks to a device that somebody else still holds."""
        self._update(old, sighting.model_copy(update={"present": False}))
        if old.session is not None and not old.is_seen:
            old.session.leave()
            if new.session is not None:
                new.session.follow(old.session)

    def _open(self, dev: str, driver: str, key: str) -> DeviceSession:
        folder = self._shelf[driver]
        link = DeviceLink(key, (), self._memory(dev), self._settings(driver), self._access.get(dev, {}))
        session = DeviceSession(dev, folder.manifest, folder.driver(), link, self._publish)
        session.start()
        return session

    def _publish(self, report: Report) -> None:
        """With what it was before a person chose the driver that reports now, and what else could be chosen."""
        connection = self._connections.get(report.dev)
        claim = connection.claim if connection else None
        if claim is not None and claim.formerly:
            report = report.model_copy(update={"formerly": claim.formerly, "candidates": claim.tied})
        self._pass_on(report)

    def _update(self, connection: Connection, sighting: Sighting) -> None:
        connection.take(sighting)
        sightings = tuple(connection.sightings.values())
        if connection.session is not None:
            connection.session.seen(sightings)
            if connection.session.is_seen and (event := self._waiting.pop(connection.dev, None)):
                event.set()
        else:
            self._publish(reporting.unclaimed(connection.dev, sightings, connection.claim.tied))
