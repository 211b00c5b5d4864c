"""Builds the lines of the device list: plain dicts with exactly the fields of the API's `DeviceRow`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from medialab_hub.domain.allocation import AllocationKind
from medialab_hub.domain.device_status import DeviceFacts, DeviceStatus, derive_status
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.domain.progress import current_step, fraction
from medialab_hub.services.driver_choices import is_given_up
from medialab_hub.services.proofs import left_behind
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import agents, allocations, busy, devices, issues, jobs
from medialab_hub.storage.devices import AtHand
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Allocation, Connection, Device, Job
from medialab_wire.progress import ExecutionStatus, Outcome, StepView
from medialab_wire.reports import Access, Presence

Row = dict[str, Any]

_NEAREST = {Presence.PRESENT: 0, Presence.SILENT: 1, Presence.ABSENT: 2}


@dataclass
class Surroundings:
    """Everything a row needs besides the device itself."""

    connections: list[Connection] = field(default_factory=list)
    job: Job | None = None
    allocations: list[Allocation] = field(default_factory=list)
    issues: int = 0
    asking: Collection[str] = ()
    """Drivers whose devices are let in with what is entered here, of those that wait."""

    def owner(self, device: Device) -> Connection | None:
        """The commanding connection, else the nearest one whose driver nobody took back."""
        chosen = next((c for c in self.connections if c.id == device.owner_id), None)
        if chosen is not None:
            return chosen
        usable = (c for c in self.connections if not is_given_up(c, self.connections))
        return min(usable, key=lambda c: (_NEAREST[Presence(c.presence)], c.id), default=None)


def device_rows(
    session: Session, ids: Iterable[str], now: datetime, at_hand: Mapping[str, AtHand] = MappingProxyType({})
) -> list[Row]:
    """The rows of these devices; unknown and merged ones are left out. Those `at_hand` are not read again."""
    unread = [key for key in ids if key not in at_hand]
    read = [*(known.device for known in at_hand.values()), *devices.many(session, unread)]
    found = [device for device in read if device.merged_into is None]
    around = surroundings(session, [device.id for device in found], now, at_hand)
    return [device_row(device, around[device.id]) for device in found]


def surroundings(
    session: Session, ids: list[str], now: datetime, at_hand: Mapping[str, AtHand] = MappingProxyType({})
) -> dict[str, Surroundings]:
    """What belongs to each of these devices at this moment."""
    around: dict[str, Surroundings] = defaultdict(Surroundings)
    for known in at_hand.values():
        around[known.device.id].connections = known.connections
    unread = [key for key in ids if key not in at_hand]
    for connection in devices.connections_of(session, unread):
        around[connection.device_id].connections.append(connection)
    going_on = busy.what_is_going_on(session, unread) if unread else set()

    def having(noun: str) -> list[str]:
        known = [key for key, there in at_hand.items() if noun in there.going_on]
        return [*unread, *known] if noun in going_on else known

    for job in jobs.open_of(session, having(busy.JOBS)):
        around[job.device_id].job = job
    for allocation in allocations.active(session, having(busy.ALLOCATIONS), now):
        around[allocation.device_id].allocations.append(allocation)
    for device_id, count in issues.counts(session, having(busy.ISSUES)).items():
        around[device_id].issues = count
    _add_what_they_ask(session, around)
    return around


def _add_what_they_ask(session: Session, around: Mapping[str, Surroundings]) -> None:
    """Only where something waits: all others need no manifest."""
    waiting = [(one, way) for one in around.values() for way in one.connections if way.access == Access.NEEDS_PERSON]
    drivers = {way.driver for _, way in waiting if way.driver}
    asking = {driver for driver in drivers if (known := agents.manifest(session, driver)) and known.access}
    for one, _ in waiting:
        one.asking = asking


def device_row(device: Device, around: Surroundings) -> Row:
    """One row."""
    owner = around.owner(device)
    presence = _nearest_presence(around.connections)
    traces = sum(left_behind(device, owner).values())
    steps = [] if around.job is None else [StepView.model_validate(step) for step in around.job.steps]
    running = current_step(steps)
    seen = max((c.last_seen for c in around.connections if c.last_seen is not None), default=None)
    return {
        "id": device.id,
        "seq": device.seq,
        "name": device.name,
        "kind": device.kind,
        "status": _status(device, around, owner, presence, traces).value,
        "presence": presence.value,
        "access": _access(around, owner).value,
        "adopted": device.adopted_at is not None,
        "driver": None if owner is None else owner.driver,
        "model": device.model,
        "asset_tag": device.asset_tag,
        "location": device.location_id,
        "station": device.station_id,
        "kit": device.kit_id,
        "agent": None if owner is None else owner.agent_id,
        "battery": battery_of({} if owner is None else owner.volatile),
        "traces": traces,
        "job": None if around.job is None else around.job.id,
        "progress": fraction(steps),
        "step": None if running is None else running.title.model_dump(),
        "last_seen": stamp(seen),
        "proven_at": stamp(device.proven_at),
        "issues": around.issues,
    }


def _nearest_presence(connections: Iterable[Connection]) -> Presence:
    """A device is as present as its nearest connection."""
    return min((Presence(c.presence) for c in connections), key=_NEAREST.__getitem__, default=Presence.ABSENT)


def _access(around: Surroundings, owner: Connection | None) -> Access:
    """The owner's; where nothing may command it yet, whether a person could change that."""
    if owner is not None:
        return Access(owner.access)
    waits = any(
        way.driver is None and way.candidates and way.presence == Presence.PRESENT for way in around.connections
    )
    return Access.NEEDS_PERSON if waits else Access.NONE


def _status(
    device: Device, around: Surroundings, owner: Connection | None, presence: Presence, traces: int
) -> DeviceStatus:
    """The one word about it."""
    kinds = {allocation.kind for allocation in around.allocations}
    job = around.job
    return derive_status(
        DeviceFacts(
            is_adopted=device.adopted_at is not None,
            is_retired=device.retired_at is not None,
            presence=presence,
            access=_access(around, owner),
            asks_for_access=owner is not None and owner.driver in around.asking,
            has_baseline=device.baseline_id is not None,
            has_reset=job is not None and job.action == RESET_ACTION,
            has_waiting_job=job is not None and job.status == ExecutionStatus.WAITING_PERSON,
            is_quarantined=AllocationKind.QUARANTINE in kinds,
            is_in_maintenance=AllocationKind.MAINTENANCE in kinds,
            outcome=None if device.proven_outcome is None else Outcome(device.proven_outcome),
            is_accepted=device.proven_accepted,
            traces=traces,
            was_used=device.used_at is not None,
        )
    )


def battery_of(volatile: dict[str, Any]) -> int | None:
    """Percent, 0 to 100, when the device says so."""
    level = volatile.get("battery")
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 100:
        return None
    return round(level)
