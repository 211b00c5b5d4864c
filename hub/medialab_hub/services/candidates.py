"""Gathers what decides whether devices may get a command."""

from collections.abc import Iterable

from medialab_hub.domain.allocation import AllocationKind
from medialab_hub.domain.readiness import Candidate
from medialab_hub.services.proofs import left_behind
from medialab_hub.storage import agents, allocations, devices, jobs
from medialab_hub.storage.tables import Connection, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import DriverManifest
from medialab_wire.reports import Access, Presence

_HARMLESS = {AllocationKind.RESET.value, AllocationKind.QUARANTINE.value}
"""A quarantined device may be reset: that is the way out."""


def gather(uow: UnitOfWork, wanted: Iterable[Device]) -> list[Candidate]:
    """One candidate per device, in the same order."""
    rows = list(wanted)
    ids = [device.id for device in rows]
    connections = {connection.id: connection for connection in devices.connections_of(uow.session, ids)}
    open_jobs = {job.device_id: job.id for job in jobs.open_of(uow.session, ids)}
    taken = {a.device_id: a.kind for a in allocations.active(uow.session, ids, uow.now) if a.kind not in _HARMLESS}
    manifests = {manifest.id: manifest for manifest in agents.manifests(uow.session)}
    return [_candidate(device, connections.get(device.owner_id or ""), open_jobs, taken, manifests) for device in rows]


def _candidate(
    device: Device,
    owner: Connection | None,
    open_jobs: dict[str, str],
    taken: dict[str, str],
    manifests: dict[str, DriverManifest],
) -> Candidate:
    return Candidate(
        device=device.id,
        name=device.name,
        is_adopted=device.adopted_at is not None,
        is_retired=device.retired_at is not None,
        has_baseline=device.baseline_id is not None,
        open_job=open_jobs.get(device.id),
        taken_by=taken.get(device.id),
        manifest=None if owner is None else manifests.get(owner.driver or ""),
        presence=Presence.ABSENT if owner is None else Presence(owner.presence),
        access=Access.NONE if owner is None else Access(owner.access),
        traces=left_behind(device, owner),
    )
