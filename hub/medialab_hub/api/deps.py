"""What routes are given: the parts of the hub, and who asks."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from medialab_hub.api.problems import ROLE, SIGN_IN
from medialab_hub.api.snapshots import Snapshots
from medialab_hub.api.stream import Broadcaster
from medialab_hub.clock import Clock
from medialab_hub.domain.calendars import Feed
from medialab_hub.domain.damages import DamageReport
from medialab_hub.domain.loan_slips import LoanSlip, SlipPaper
from medialab_hub.domain.roles import Role
from medialab_hub.services.access import Seal
from medialab_hub.services.admission import Admission, Principal
from medialab_hub.services.fleet import FleetIndex
from medialab_hub.settings import Settings
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.session import Session
from medialab_hub.storage.writer import Writer
from medialab_wire.texts import Text

T = TypeVar("T")


class Labels(Protocol):
    """Prints labels."""

    def make(self, labels: Sequence[tuple[str, str]], preset: str, language: str) -> bytes:
        """A PDF for (tag, name) pairs. Raises HubError for an unknown preset. Slow; call it in a thread."""


class DamageReports(Protocol):
    """Prints reports of damage and loss."""

    def make(self, report: DamageReport, language: str, zone: ZoneInfo) -> bytes:
        """The PDF in `de` or `en`, with the times of `zone`. Slow; call it in a thread."""


class LoanSlips(Protocol):
    """Prints loan slips, packing slips and return slips."""

    def make(self, slip: LoanSlip, paper: SlipPaper, language: str, zone: ZoneInfo) -> bytes:
        """The PDF in `de` or `en`, with the times of `zone`. Slow; call it in a thread."""


class Calendars(Protocol):
    """Writes calendar feeds."""

    def tag_of(self, feed: Feed, zone: ZoneInfo) -> str:
        """Its ETag, which changes with what is in it."""

    def write(self, feed: Feed, zone: ZoneInfo) -> bytes:
        """The file. Slow; call it in a thread."""


class Exports(Protocol):
    """Packs everything into one file."""

    def make(self, *, people: bool) -> IO[bytes]:
        """The archive. Slow; call it in a thread."""

    def chunks(self, archive: IO[bytes]) -> Iterator[bytes]:
        """The archive in parts; closes it."""


class AnnualReports(Protocol):
    """Prints the report of a year."""

    def make(self, report: Mapping[str, Any], lab: str, language: str) -> bytes:
        """The PDF in `de` or `en`. Slow; call it in a thread."""


@dataclass(frozen=True)
class SystemFacts:
    """What runs and what that means."""

    version: str
    database: str
    broker: str
    broker_meaning: Text
    started: datetime


@dataclass(frozen=True)
class Parts:
    """The parts of the hub that the API uses; made in `bootstrap`."""

    settings: Settings
    clock: Clock
    writer: Writer
    fleet: FleetIndex
    snapshots: Snapshots
    admission: Admission
    broadcaster: Broadcaster
    labels: Labels
    loan_slips: LoanSlips
    annual_reports: AnnualReports
    damage_reports: DamageReports
    calendars: Calendars
    exporter: Exports
    facts: SystemFacts
    is_healthy: Callable[[], Awaitable[bool]]
    static: Path
    reading: Reading
    seal: Seal

    async def read(self, view: Callable[[Session], T]) -> T:
        """What a view finds in the database, without waiting for those who write."""
        return await asyncio.to_thread(self.reading, view)


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def own_key(asking: Principal, key: str | None) -> str | None:
    """A client's key, which is its own: nobody meets what another account asked for, nor what was scanned."""
    return None if key is None else f"{asking.id}:{key}"


def principal_of(request: Request) -> Principal | None:
    """Who asks, as the gate found out."""
    principal: Principal | None = request.scope.get("state", {}).get("principal")
    return principal


async def _asking(request: Request) -> Principal | None:
    return principal_of(request)


HubDep = Annotated[Parts, Depends(_parts)]
ASKING = Annotated[Principal | None, Depends(_asking)]
"""Whoever asks; None for a stranger on a public route."""


def _at_least(role: Role) -> Callable[[Request], Awaitable[Principal]]:
    async def check(request: Request) -> Principal:
        principal = principal_of(request)
        if principal is None:
            raise SIGN_IN
        if not principal.role.covers(role):
            raise ROLE
        return principal

    check.needed_role = role  # type: ignore[attr-defined]
    return check


Signed = Annotated[Principal, Depends(_at_least(Role.GUEST))]
Trainer = Annotated[Principal, Depends(_at_least(Role.TRAINER))]
Staff = Annotated[Principal, Depends(_at_least(Role.STAFF))]
Admin = Annotated[Principal, Depends(_at_least(Role.ADMIN))]
