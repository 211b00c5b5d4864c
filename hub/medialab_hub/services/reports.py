"""Takes what agents report about connections: which device it is, what changed, who may command it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medialab_hub.domain.events import Happened
from medialab_hub.domain.identity import Claim, Known, Resolution, claims_of, resolve
from medialab_hub.services import clashes
from medialab_hub.services.ownership import settle_owner, tell_agents
from medialab_hub.storage import devices, jobs
from medialab_hub.storage.tables import Agent, Connection, Device, DeviceIdentity
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.base import Scalar
from medialab_wire.reports import Identity, IdentityKind, Presence, Report

WIRED = "usb"
"""Source, and scope of a place, of what hangs on a cable: it cannot be at two ports at once."""
MOST_HOLDERS = 50
"""Devices compared with one report; more share a claim only when it identifies nobody."""
MOST_IDENTITIES = 64
"""Kept per device."""


@dataclass(frozen=True)
class Taken:
    """What a report led to. `is_new`: it said something that was not known."""

    device: str
    connection: str
    is_new: bool


@dataclass(frozen=True)
class Reading:
    """The latest volatile values of a connection, which were shown already; `seen` None: it was not present."""

    volatile: dict[str, Scalar]
    birth: int
    seq: int
    seen: datetime | None


def keep_volatile(uow: UnitOfWork, readings: Mapping[str, Reading]) -> None:
    """Store a snapshot of volatile values, by connection. Nobody is told, for everybody knows."""
    for connection in devices.connections_named(uow.session, readings):
        reading = readings[connection.id]
        if (reading.birth, reading.seq) > (connection.birth, connection.seq):
            connection.volatile, connection.birth, connection.seq = reading.volatile, reading.birth, reading.seq
            connection.last_seen = reading.seen or connection.last_seen


def take_report(uow: UnitOfWork, agent: str, report: Report) -> Taken | None:
    """Store one report. None: it is not newer than the last one of this connection, which is fine."""
    connection = devices.connection(uow.session, agent, report.dev)
    if connection is not None and not _is_news(connection, report):
        return None
    _know_agent(uow, agent)
    device = _settle_device(uow, connection, report)
    moved_from = None
    if connection is None:
        connection = Connection(id=uow.new_id("con"), agent_id=agent, dev=report.dev, device_id=device.id)
        uow.session.add(connection)
    elif connection.device_id != device.id:
        moved_from = connection.device_id
        connection.device_id = device.id
    changed = _store(uow, connection, report)
    if _remember(uow, device, connection, report.identities):
        changed.append("identities")
    uow.session.flush()
    if moved_from is not None:
        _leave(uow, moved_from, connection)
    if changed or moved_from is not None:
        _publish(uow, device, agent, changed)
    return Taken(device.id, connection.id, bool(changed))


def _is_news(connection: Connection, report: Report) -> bool:
    known, arrived = (connection.birth, connection.seq), (report.birth, report.seq)
    return arrived > known or (arrived == known and connection.is_turned)


def _know_agent(uow: UnitOfWork, agent: str) -> None:
    if uow.session.get(Agent, agent) is None:
        uow.session.add(Agent(id=agent))
        uow.session.flush()


def _settle_device(uow: UnitOfWork, connection: Connection | None, report: Report) -> Device:
    bound = None if connection is None else connection.device_id
    resolution = _resolve(uow, connection, report)
    device = None if resolution.device is None else devices.get(uow.session, resolution.device)
    if device is None:
        device = Device(id=uow.new_id("dev"), name=report.name or report.dev, kind=report.kind, found_at=uow.now)
        uow.session.add(device)
        uow.session.flush()
        uow.record(Happened.DEVICE_FOUND, device.id, looks_like=report.kind, instead_of=bound)
    clashes.ask(uow, device.id, resolution.rivals)
    return device


def _resolve(uow: UnitOfWork, connection: Connection | None, report: Report) -> Resolution:
    claims = claims_of(report.identities)
    bound = None if connection is None else connection.device_id
    wanted = sorted(devices.holders(uow.session, claims))[:MOST_HOLDERS]
    candidates = sorted({*wanted, *([bound] if bound else [])})
    if candidates == ([bound] if bound else []) and not claims:
        return Resolution(bound)
    identities = devices.identities_of(uow.session, candidates)
    wired_elsewhere = _wired_elsewhere(uow, candidates, identities, connection, report)
    known = [
        Known(
            device,
            frozenset(
                Claim(IdentityKind(row.kind), row.scope, row.value)
                for row in identities
                if row.device_id == device and row.kind != IdentityKind.PLACE
            ),
            device in wired_elsewhere,
        )
        for device in candidates
    ]
    return resolve(claims, known, bound)


def _wired_elsewhere(
    uow: UnitOfWork,
    candidates: list[str],
    identities: list[DeviceIdentity],
    connection: Connection | None,
    report: Report,
) -> set[str]:
    if report.presence is not Presence.PRESENT or not is_wired(report):
        return set()
    places = {row.connection_id for row in identities if row.kind == IdentityKind.PLACE and row.scope == WIRED}
    return {
        other.device_id
        for other in devices.connections_of(uow.session, candidates)
        if (connection is None or other.id != connection.id)
        and other.presence == Presence.PRESENT
        and (WIRED in other.sources or other.id in places)
    }


def is_wired(report: Report) -> bool:
    """True when the connection is a cable."""
    return WIRED in report.sources or any(
        identity.kind is IdentityKind.PLACE and identity.scope == WIRED for identity in report.identities
    )


def _store(uow: UnitOfWork, connection: Connection, report: Report) -> list[str]:
    """Write the report into its row; names of the durable fields that changed."""
    news: dict[str, object] = {
        "driver": connection.chosen_driver or report.driver,
        "presence": report.presence.value,
        "access": report.access.value,
        "help": None if report.help is None else report.help.model_dump(),
        "name": report.name,
        "kind": report.kind,
        "sources": list(report.sources),
        "candidates": list(report.candidates),
        "facts": dict(report.facts),
        "traces": dict(report.traces),
    }
    changed = [field for field, value in news.items() if getattr(connection, field) != value]
    for field in changed:
        setattr(connection, field, news[field])
    connection.volatile = dict(report.volatile)
    connection.birth, connection.seq, connection.is_turned = report.birth, report.seq, False
    if report.presence is Presence.PRESENT:
        connection.last_seen = uow.now
    return changed


def _remember(uow: UnitOfWork, device: Device, connection: Connection, identities: Sequence[Identity]) -> bool:
    """Keep what the device is recognised by; True when something is new. Places are replaced, the rest adds up."""
    claims = claims_of(identities)
    shown = {claim: identity.value for identity in identities for claim in claims_of([identity]) & claims}
    wanted: dict[tuple[str, str, str], str] = {(c.kind.value, c.scope, c.value): text for c, text in shown.items()}
    places = {
        (identity.kind.value, identity.scope, identity.value): identity.value
        for identity in identities
        if identity.kind is IdentityKind.PLACE
    }
    rows = devices.identities_of(uow.session, [device.id])
    have = {(row.kind, row.scope, row.value) for row in rows}
    stale = [
        row
        for row in rows
        if row.kind == IdentityKind.PLACE
        and row.connection_id == connection.id
        and (row.kind, row.scope, row.value) not in places
    ]
    for row in stale:
        uow.session.delete(row)
    fresh = {key: text for key, text in {**wanted, **places}.items() if key not in have}
    for (kind, scope, value), text in list(fresh.items())[: max(0, MOST_IDENTITIES - len(rows))]:
        uow.session.add(
            DeviceIdentity(
                id=uow.new_id("idn"),
                device_id=device.id,
                connection_id=connection.id,
                kind=kind,
                scope=scope,
                value=value,
                shown=text,
            )
        )
    return bool(fresh or stale)


def _leave(uow: UnitOfWork, device_id: str, connection: Connection) -> None:
    """Another device answers at this connection: the old one loses it, and a job that ran over it is called off."""
    device = devices.get(uow.session, device_id)
    if device is None:
        return
    for row in devices.identities_of(uow.session, [device_id]):
        if row.connection_id == connection.id and row.kind == IdentityKind.PLACE:
            uow.session.delete(row)
    for job in jobs.open_of(uow.session, [device_id]):
        if job.connection_id == connection.id:
            job.cancel_wanted = True
            uow.touch_job(job.id)
            uow.touch_work(connection.agent_id)
    if device.owner_id == connection.id:
        device.owner_id = None
        tell_agents(uow, [connection], {connection.id})
    settle_owner(uow, device)
    device.seq = uow.record(Happened.DEVICE_MOVED, device_id, connection=connection.id, to=connection.device_id)
    uow.touch_device(device_id)


def _publish(uow: UnitOfWork, device: Device, agent: str, changed: list[str]) -> None:
    settle_owner(uow, device)
    device.seq = uow.record(Happened.DEVICE_REPORTED, device.id, agent=agent, changed=changed)
    uow.touch_reported(device.id)
