"""Recognises the device behind a report, and remembers what it is recognised by."""

import hashlib
import json
from collections.abc import Sequence

from medialab_hub.domain.identity import Claim, Known, Resolution, claims_of, resolve
from medialab_hub.services import clashes
from medialab_hub.storage import devices
from medialab_hub.storage.tables import Connection, Device, DeviceIdentity
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.reports import Identity, IdentityKind, Presence, Report

WIRED = "usb"
"""Source, and scope of a place, of what hangs on a cable: it cannot be at two ports at once."""
MOST_HOLDERS = 50
"""Devices compared with one report; more share a claim only when it identifies nobody."""
MOST_IDENTITIES = 64
"""Kept per device."""
_encode = json.JSONEncoder(ensure_ascii=False).encode


def hash_of(report: Report) -> str:
    """Of everything in a report that says who the device is, and whether it can be elsewhere."""
    said = [[i.kind.value, i.scope, i.value] for i in report.identities]
    return hashlib.blake2b(_encode([said, is_wired(report)]).encode(), digest_size=16).hexdigest()


def recognise(uow: UnitOfWork, connection: Connection | None, agent: str, report: Report) -> tuple[Device, bool]:
    """The device that reports, and whether it is a new one; doubts are asked about."""
    resolution = _resolve(uow, connection, agent, report)
    device = None if resolution.device is None else devices.get(uow.session, resolution.device)
    if device is None:
        device = Device(
            id=uow.new_id("dev"), name=report.name or report.dev, kind=report.kind, found_at=uow.now, kept_traces={}
        )
        uow.session.add(device)
        uow.session.flush()
    if resolution.rivals:
        clashes.ask(uow, device.id, resolution.rivals)
    return device, resolution.device is None


def _resolve(uow: UnitOfWork, connection: Connection | None, agent: str, report: Report) -> Resolution:
    claims = claims_of(report.identities)
    bound = _chosen_for(uow, agent, report) if connection is None else connection.device_id
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


def _chosen_for(uow: UnitOfWork, agent: str, report: Report) -> str | None:
    """The device this was without a driver, until a person chose the driver that reports now."""
    if report.formerly is None or report.driver is None:
        return None
    former = devices.chosen_at(uow.session, agent, report.formerly)
    return former.device_id if former is not None and former.chosen_driver == report.driver else None


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


def remember(
    uow: UnitOfWork, device: Device, connection: Connection, identities: Sequence[Identity], is_new: bool
) -> bool:
    """Keep what the device is recognised by; True when something is new. Places are replaced, the rest adds up."""
    claims = claims_of(identities)
    shown = {claim: identity.value for identity in identities for claim in claims_of([identity]) & claims}
    wanted: dict[tuple[str, str, str], str] = {(c.kind.value, c.scope, c.value): text for c, text in shown.items()}
    places = {
        (identity.kind.value, identity.scope, identity.value): identity.value
        for identity in identities
        if identity.kind is IdentityKind.PLACE
    }
    rows = [] if is_new else devices.identities_of(uow.session, [device.id])
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
    devices.add_identities(
        uow.session,
        [
            {
                "id": uow.new_id("idn"),
                "device_id": device.id,
                "connection_id": connection.id,
                "kind": kind,
                "scope": scope,
                "value": value,
                "shown": text,
            }
            for (kind, scope, value), text in list(fresh.items())[: max(0, MOST_IDENTITIES - len(rows))]
        ],
    )
    return bool(fresh or stale)
