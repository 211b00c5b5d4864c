"""What the API shows of single things and short lists: dicts with exactly the fields of its bodies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from medialab_hub.services.device_classes import class_view
from medialab_hub.services.device_rows import device_row, surroundings
from medialab_hub.services.driver_choices import is_chosen, is_given_up, is_settled, offered
from medialab_hub.services.job_rows import batch_view as _batch_view
from medialab_hub.services.job_rows import job_details, job_rows
from medialab_hub.services.place_rows import places_view
from medialab_hub.services.proofs import left_behind
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import agents, devices, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Connection, Device, DeviceIdentity
from medialab_wire.reports import IdentityKind, Presence

Row = dict[str, Any]


def device_detail(session: Session, device_id: str, now: datetime) -> Row:
    """Everything about one device. Raises `NotFound`."""
    device = devices.get(session, device_id)
    if device is None or device.merged_into is not None:
        raise no_such("device", device_id)
    around = surroundings(session, [device.id], now)[device.id]
    owner = around.owner(device)
    baseline = devices.baseline(session, device.baseline_id)
    identities = devices.identities_of(session, [device.id])
    return {
        **device_row(device, around),
        "help": None if owner is None else owner.help,
        "facts": {} if owner is None else owner.facts,
        "volatile": {} if owner is None else owner.volatile,
        "traces_by_kind": left_behind(device, owner),
        "device_class": class_view(device, around.connections, identities),
        "identities": _identities(identities),
        "connections": [_connection(way, device, around.connections) for way in _shown(around.connections)],
        "allocations": [
            {
                "id": a.id,
                "kind": a.kind,
                "reason": a.reason,
                "starts": stamp(a.starts_at),
                "ends": stamp(a.ends_at),
                "erase_from": stamp(a.erase_from),
            }
            for a in around.allocations
        ],
        "baseline_at": stamp(None if baseline is None else baseline.recorded_at),
        "baseline_summary": {} if baseline is None else summary_of(baseline.snapshot),
        "version": device.version,
        "clash": _rivals(session, device),
    }


def summary_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A baseline in a few words: short values as they are, long ones as how many."""
    return {key: len(value) if isinstance(value, list | dict) else value for key, value in snapshot.items()}


def _identities(identities: list[DeviceIdentity]) -> list[Row]:
    order = {kind.value: rank for rank, kind in enumerate(IdentityKind)}
    rows = sorted(identities, key=lambda row: (order[row.kind], row.scope, row.value))
    return [{"kind": row.kind, "value": row.shown, "scope": row.scope} for row in rows]


def _shown(ways: Sequence[Connection]) -> list[Connection]:
    """Without those that are over: a thing without a driver until one was chosen, a driver that was chosen once."""
    over = [way for way in ways if is_settled(way, ways) or is_given_up(way, ways)]
    return [way for way in ways if way not in over or way.presence == Presence.PRESENT]


def _connection(connection: Connection, device: Device, ways: Sequence[Connection]) -> Row:
    return {
        "id": connection.id,
        "agent": connection.agent_id,
        "dev": connection.dev,
        "driver": connection.driver,
        "candidates": offered(connection, ways),
        "chosen": is_chosen(connection, ways),
        "presence": connection.presence,
        "access": connection.access,
        "help": connection.help,
        "name": connection.name,
        "sources": connection.sources,
        "owner": connection.id == device.owner_id,
        "last_seen": stamp(connection.last_seen),
    }


def _rivals(session: Session, device: Device) -> list[str]:
    clashes = [clash for clash in devices.clashes_of(session, [device.id]) if clash.closed_at is None]
    return sorted({clash.other_id if clash.device_id == device.id else clash.device_id for clash in clashes})


def job_detail(session: Session, job_id: str) -> Row:
    """One job. Raises `NotFound`."""
    job = jobs.get(session, job_id)
    if job is None:
        raise no_such("job", job_id)
    (row,) = job_rows(session, [job])
    return job_details(session, [job], {job_id: row})[0]


def job_page(
    session: Session,
    *,
    device: str | None = None,
    batch: str | None = None,
    is_open: bool | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Row:
    """Newest first, without `seq`; `after` is the id of the last job of the page before. Raises `NotFound` for it."""
    before = None if after is None else jobs.get(session, after)
    if after is not None and before is None:
        raise no_such("job", after)
    start = None if before is None else (before.created_at, before.id)
    found = jobs.page(session, device=device, batch=batch, is_open=is_open, after=start, limit=limit)
    return {"items": job_rows(session, found), "after": found[-1].id if len(found) == limit else None}


def batch_view(session: Session, batch_id: str) -> Row:
    """One batch. Raises `NotFound`."""
    batch = jobs.batch(session, batch_id)
    if batch is None:
        raise no_such("batch", batch_id)
    return _batch_view(session, batch)


def drivers_view(session: Session) -> Row:
    """The fields of `Drivers`."""
    return {"items": [manifest.model_dump(mode="json") for manifest in agents.manifests(session)]}


def lab_view(session: Session, jobs_at_most: int) -> Row:
    """The fields of `LabSnapshot` that the database knows."""
    return {
        "jobs": job_page(session, is_open=True, limit=jobs_at_most)["items"],
        "drivers": drivers_view(session)["items"],
        "places": places_view(session),
    }
