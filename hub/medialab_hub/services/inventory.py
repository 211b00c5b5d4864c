"""What people decide about devices: adopt, edit, retire, merge, split, choose a driver."""

from collections.abc import Sequence
from dataclasses import dataclass

from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import BASELINE_ACTION
from medialab_hub.services import access, clashes, jobs, plans
from medialab_hub.services.device_classes import known_class
from medialab_hub.services.driver_choices import asked_for, is_given_up, offered
from medialab_hub.services.ownership import bump_config, settle_owner, tell_agents
from medialab_hub.services.place_rows import ALL_PLACES, PLACES
from medialab_hub.services.proofs import forget_proof
from medialab_hub.services.refusals import no_such, not_possible, not_understood, version_conflict
from medialab_hub.services.subjects import changed, require_device, require_idle
from medialab_hub.storage import acquisitions, damages, devices, inspections
from medialab_hub.storage import jobs as job_rows
from medialab_hub.storage.tables import Connection, Device, Location, Setting, Station
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.reports import Access
from medialab_wire.texts import Text

EDITABLE = frozenset({"name", "asset_tag", "location", "station", "device_class"})
TAG_COUNTER = "next-asset-tag"
"""Setting: number of the next tag, `ML-0001` upwards."""


@dataclass(frozen=True)
class AdoptWish:
    """One device to take over; None keeps what is there."""

    device: str
    name: str | None = None
    location: str | None = None


def adopt(
    uow: UnitOfWork, adoptions: Sequence[AdoptWish], record_baseline: bool, actor: str
) -> tuple[list[str], list[str]]:
    """Take devices into the inventory, each with an asset tag; returns their ids and the baseline jobs.

    A device that cannot be commanded now, or first needs a person, gets no baseline job. Raises `NotFound` for
    unknown devices or places."""
    adopted, started = [], []
    for wish in adoptions:
        device = require_device(uow, wish.device)
        _adopt_one(uow, device, wish, actor)
        adopted.append(device.id)
        if record_baseline and _is_let_in(uow, device) and not job_rows.open_of(uow.session, [device.id]):
            started.append(jobs.start(uow, jobs.Wish(device.id, BASELINE_ACTION), actor))
    return adopted, started


def _is_let_in(uow: UnitOfWork, device: Device) -> bool:
    owner = None if device.owner_id is None else uow.session.get(Connection, device.owner_id)
    return owner is not None and owner.access == Access.OK


def _adopt_one(uow: UnitOfWork, device: Device, wish: AdoptWish, actor: str) -> None:
    device.adopted_at = device.adopted_at or uow.now
    device.retired_at, device.retire_reason, device.retired_by = None, "", ""
    device.name = wish.name or device.name
    if wish.location is not None:
        _move(uow, device, "location", wish.location)
    device.asset_tag = device.asset_tag or _next_tag(uow)
    uow.session.flush()
    settle_owner(uow, device)
    tell_agents(uow, devices.connections_of(uow.session, [device.id]), {device.owner_id})
    changed(uow, device, Happened.DEVICE_ADOPTED, actor)


def _next_tag(uow: UnitOfWork) -> str:
    counter = uow.session.get(Setting, TAG_COUNTER) or Setting(key=TAG_COUNTER, value="1")
    number = int(counter.value)
    while devices.has_asset_tag(uow.session, tag := f"ML-{number:04d}"):
        number += 1
    counter.value = str(number + 1)
    uow.session.add(counter)
    return tag


def change(uow: UnitOfWork, device_id: str, version: int, actor: str, **fields: str | None) -> None:
    """Set name, tag, class, location or station; an empty text clears all but the name. Raises `HubError`."""
    device = _require_version(uow, device_id, version)
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"cannot change {sorted(unknown)}")
    for field, value in fields.items():
        if field in ("location", "station"):
            _move(uow, device, field, value or None)
        elif field == "asset_tag":
            _retag(uow, device, (value or "").strip() or None)
        elif field == "device_class":
            device.chosen_class = known_class(value or None)
            settle_owner(uow, device)
        elif value:
            device.name = value
    changed(uow, device, Happened.DEVICE_EDITED, actor, fields=sorted(fields))


def _move(uow: UnitOfWork, device: Device, field: str, place: str | None) -> None:
    table = Location if field == "location" else Station
    if place is not None and uow.session.get(table, place) is None:
        raise no_such(field, place)
    if field == "location":
        station = None if device.station_id is None else uow.session.get(Station, device.station_id)
        device.location_id = place
        if station is not None and station.location_id != place:
            device.station_id = None
    else:
        device.station_id = place
        station = None if place is None else uow.session.get(Station, place)
        device.location_id = station.location_id if station is not None else device.location_id
    uow.touch(PLACES, ALL_PLACES)


def _retag(uow: UnitOfWork, device: Device, tag: str | None) -> None:
    if tag is not None and tag != device.asset_tag and devices.has_asset_tag(uow.session, tag):
        raise not_possible(
            "asset-tag-taken",
            Text(de="Diese Inventarnummer trägt schon ein anderes Gerät.", en="Another device carries this tag."),
            tag,
        )
    device.asset_tag = tag


def retire(uow: UnitOfWork, device_id: str, version: int, reason: str, actor: str) -> None:
    """Take a device out of the inventory for good. Raises `Conflict` while a job is open."""
    device = _require_version(uow, device_id, version)
    require_idle(uow, device.id)
    access.drop(uow, device, actor)
    device.retired_at, device.retire_reason, device.retired_by = uow.now, reason, actor
    tell_agents(uow, devices.connections_of(uow.session, [device.id]), {device.owner_id})
    changed(uow, device, Happened.DEVICE_RETIRED, actor)
    uow.session.flush()
    plans.mend(uow, [device.model_id] if device.model_id else [])


def merge(uow: UnitOfWork, device_id: str, other_id: str, actor: str) -> None:
    """Both are the same: `other` hands over everything and leaves. Raises `Conflict` while a job is open on either."""
    device, other = require_device(uow, device_id), require_device(uow, other_id)
    if device.id == other.id:
        raise not_understood("same-device", Text(de="Das ist dasselbe Gerät.", en="That is the same device."))
    require_idle(uow, device.id)
    require_idle(uow, other.id)
    connections = devices.connections_of(uow.session, [other.id])
    for connection in connections:
        connection.device_id = device.id
        uow.touch_connection(connection.id)
    for identity in devices.identities_of(uow.session, [other.id]):
        identity.device_id = device.id
    tag, other.asset_tag = other.asset_tag, None
    uow.session.flush()  # the tag must be free before the other device carries it
    _inherit(device, other, tag)
    for papers in (inspections, acquisitions, damages):
        papers.move(uow.session, device.id, other.id)
    uow.session.flush()
    clashes.close(uow, device.id, other.id, "merged")
    settle_owner(uow, device)
    tell_agents(uow, devices.connections_of(uow.session, [device.id]), {device.owner_id, *(c.id for c in connections)})
    changed(uow, other, Happened.DEVICE_MERGED, actor, into=device.id)
    changed(uow, device, Happened.DEVICE_MERGED, actor, took=other.id)


def _inherit(device: Device, other: Device, tag: str | None) -> None:
    """What the kept device lacks it takes from the other; a proof is never inherited, for it was of half a device."""
    if device.adopted_at is None and other.adopted_at is not None:
        device.adopted_at, device.name = other.adopted_at, other.name
    device.location_id = device.location_id or other.location_id
    device.station_id = device.station_id or other.station_id
    device.chosen_class = device.chosen_class or other.chosen_class
    device.kit_id = device.kit_id or other.kit_id
    if device.baseline_id is None:
        device.baseline_id, device.kept_traces = other.baseline_id, dict(other.kept_traces)
    device.asset_tag = device.asset_tag or tag
    forget_proof(device)
    other.merged_into, other.owner_id, other.kit_id = device.id, None, None


def split(uow: UnitOfWork, device_id: str, connection_id: str, actor: str) -> str:
    """That connection belongs to another device: returns the new one, which is never joined again by itself."""
    device = require_device(uow, device_id)
    connection = _connection_of(uow, device, connection_id)
    require_idle(uow, device.id)
    fresh = Device(id=uow.new_id("dev"), name=connection.name or connection.dev, kind=connection.kind, found_at=uow.now)
    uow.session.add(fresh)
    uow.session.flush()
    connection.device_id = fresh.id
    access.lose(uow, connection)
    uow.touch_connection(connection.id)
    for identity in devices.identities_of(uow.session, [device.id]):
        if identity.connection_id == connection.id:
            identity.device_id = fresh.id
    if device.owner_id == connection.id:
        device.owner_id = None
    _forget_what_was_read_over(uow, device, connection)
    clashes.close(uow, device.id, fresh.id, "split")
    uow.session.flush()
    bump_config(uow, connection.agent_id)
    settle_owner(uow, device)
    settle_owner(uow, fresh)
    changed(uow, fresh, Happened.DEVICE_SPLIT, actor, split_from=device.id)
    changed(uow, device, Happened.DEVICE_SPLIT, actor, gave=fresh.id)
    return fresh.id


def _forget_what_was_read_over(uow: UnitOfWork, device: Device, connection: Connection) -> None:
    """Nobody knows which of the two things was proven; a good state read over what left was not the device's own."""
    forget_proof(device)
    baseline = devices.baseline(uow.session, device.baseline_id)
    job = None if baseline is None or baseline.job_id is None else job_rows.get(uow.session, baseline.job_id)
    if job is not None and job.connection_id == connection.id:
        device.baseline_id, device.kept_traces = None, {}


def keep_apart(uow: UnitOfWork, device_id: str, other_id: str, actor: str) -> None:
    """A person says these are two devices; the question is not asked again."""
    device, other = require_device(uow, device_id), require_device(uow, other_id)
    clashes.close(uow, device.id, other.id, "apart")
    changed(uow, device, Happened.DEVICE_KEPT_APART, actor, other=other.id)


def choose_driver(uow: UnitOfWork, device_id: str, connection_id: str, driver: str | None, actor: str) -> None:
    """Settle a tie between drivers, otherwise than before, or not yet after all (None); the device stays the same.

    The agent then offers the device anew, through the chosen one. What was read and entered for the one before is
    forgotten. Raises `NotFound`, `Conflict`, and `HubError` for a driver that is no candidate."""
    device = require_device(uow, device_id)
    connection = _connection_of(uow, device, connection_id)
    require_idle(uow, device.id)
    ways = devices.connections_of(uow.session, [device.id])
    if driver is not None and driver not in offered(connection, ways):
        text = Text(de="Dieser Treiber passt nicht zu dem Gerät.", en="This driver does not fit the device.")
        raise not_understood("no-candidate", text, driver)
    for asked in asked_for(connection, ways):
        asked.chosen_driver = driver
        uow.touch_connection(asked.id)
    for way in ways:
        if is_given_up(way, ways):
            _give_up(uow, device, way)
    uow.session.flush()
    settle_owner(uow, device)
    bump_config(uow, connection.agent_id)
    changed(uow, device, Happened.DEVICE_DRIVER_CHOSEN, actor, connection=connection_id, driver=driver)


def _give_up(uow: UnitOfWork, device: Device, connection: Connection) -> None:
    """Its driver was the wrong one: it commands nothing, and what it read and was let in with says nothing."""
    access.lose(uow, connection)
    _forget_what_was_read_over(uow, device, connection)
    uow.touch_connection(connection.id)
    if device.owner_id == connection.id:
        device.owner_id = device.driver = None


def _require_version(uow: UnitOfWork, device_id: str, version: int) -> Device:
    device = require_device(uow, device_id)
    if device.version != version:
        raise version_conflict()
    return device


def _connection_of(uow: UnitOfWork, device: Device, connection_id: str) -> Connection:
    connection = uow.session.get(Connection, connection_id)
    if connection is None or connection.device_id != device.id:
        raise no_such("connection", connection_id)
    return connection
