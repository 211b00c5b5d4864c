"""Takes what agents report about connections: which device it is, what changed, who may command it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.domain.presence import absent_since
from medialab_hub.services.access import lose
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.ownership import settle_owner, show, tell_agents
from medialab_hub.services.proofs import notice_use
from medialab_hub.services.recognition import hash_of, recognise, remember
from medialab_hub.storage import devices, jobs
from medialab_hub.storage.devices import AtHand
from medialab_hub.storage.tables import Agent, Connection, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.base import Scalar
from medialab_wire.reports import IdentityKind, Presence, Report

log = logging.getLogger(__name__)

LONG_NAME = 80
"""Characters; what people may type is never longer, so that a longer name deserves a line in the log."""
_DECIDES = frozenset({"driver", "presence", "access"})
"""Fields of a connection that decide who may command the device."""


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
    """Store one report. None, which is fine: it is not newer than the last one of this connection, or of nothing."""
    with uow.session.no_autoflush:
        uow.session.flush()
        known = devices.at_hand(uow.transaction, agent, report.dev)
        connection = None if known is None else known.connection(agent, report.dev)
        if connection is not None and not _is_news(connection, report):
            return None
        if known is None or connection is None:
            if report.presence is Presence.ABSENT:
                return None  # it was forgotten, or never known: what is not there is not found
            _know_agent(uow, agent)
        elif connection.said_hash == hash_of(report):
            return _take_from_known(uow, known, connection, report)
        stored = None if connection is None else uow.session.get(Connection, connection.id)
        return _take_and_recognise(uow, agent, stored, report)


def _take_from_known(uow: UnitOfWork, known: AtHand, connection: Connection, report: Report) -> Taken:
    """It says the same as before about who it is."""
    changed = _store(uow, connection, report)
    if changed:
        device = known.device
        if device.owner_id == connection.id and _DECIDES.isdisjoint(changed):
            show(uow, device, connection)
        else:
            settle_owner(uow, device, known.connections)
        _notice_use(uow, device, connection, changed)
        _publish(uow, device, connection.agent_id, changed, known)
    return Taken(connection.device_id, connection.id, bool(changed))


def _take_and_recognise(uow: UnitOfWork, agent: str, connection: Connection | None, report: Report) -> Taken:
    device, is_new = recognise(uow, connection, agent, report)
    moved_from = None
    if connection is None:
        connection = devices.new_connection(uow.new_id("con"), agent, report.dev, device.id)
        uow.session.add(connection)
    elif connection.device_id != device.id:
        moved_from = connection.device_id
        connection.device_id = device.id
    changed = _store(uow, connection, report)
    connection.said_hash = hash_of(report)
    uow.session.flush()
    if remember(uow, device, connection, report.identities, is_new):
        changed.append("identities")
    if moved_from is not None:
        _leave(uow, moved_from, connection)
        lose(uow, connection)
    if changed or moved_from is not None:
        known = AtHand(device, [connection]) if is_new else None
        settle_owner(uow, device, known.connections if known else None)
        _notice_use(uow, device, connection, changed)
        _publish(uow, device, agent, changed, known, Happened.DEVICE_FOUND if is_new else Happened.DEVICE_REPORTED)
    return Taken(device.id, connection.id, bool(changed))


def _notice_use(uow: UnitOfWork, device: Device, connection: Connection, changed: list[str]) -> None:
    """Only what was read just now: a device that falls silent or needs a person repeats what was read before."""
    if "traces" in changed and connection.presence == Presence.PRESENT:
        notice_use(uow, device, connection)


def _is_news(connection: Connection, report: Report) -> bool:
    known, arrived = (connection.birth, connection.seq), (report.birth, report.seq)
    return arrived > known or (arrived == known and connection.is_turned)


def _know_agent(uow: UnitOfWork, agent_id: str) -> None:
    agent = uow.session.get(Agent, agent_id)
    if agent is None:
        agent = Agent(id=agent_id)
        uow.session.add(agent)
        uow.session.flush()
    uow.session.info[Agent, agent_id] = agent  # the session itself would forget it and ask again for the next report


def _store(uow: UnitOfWork, connection: Connection, report: Report) -> list[str]:
    """Write the report into its row; names of the durable fields that changed."""
    news: dict[str, Any] = {
        "driver": report.driver,
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
    if "name" in changed:
        _mention_odd_name(connection, report.name)
    if connection.volatile != report.volatile:
        uow.touch_reported(connection.device_id, None)  # also when nothing else changed and `_publish` does not
    news |= {"volatile": dict(report.volatile), "birth": report.birth, "seq": report.seq, "is_turned": False}
    if report.presence is Presence.PRESENT:
        news["last_seen"] = uow.now
    news["absent_since"] = absent_since(report.presence, connection.absent_since, uow.now)
    uow.put(connection, news)
    return changed


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
            uow.touch(JOBS, job.id)
            uow.touch_work(connection.agent_id)
    if device.owner_id == connection.id:
        device.owner_id = None
        tell_agents(uow, [connection], {connection.id})
    settle_owner(uow, device)
    device.seq = uow.record(Happened.DEVICE_MOVED, device_id, connection=connection.id, to=connection.device_id)
    uow.touch_device(device_id)


def _publish(
    uow: UnitOfWork,
    device: Device,
    agent: str,
    changed: list[str],
    known: AtHand | None,
    kind: Happened = Happened.DEVICE_REPORTED,
) -> None:
    uow.put(device, {"seq": uow.record(kind, device.id, agent=agent, changed=changed)})
    uow.touch_reported(device.id, known)
    if "presence" in changed:
        uow.touch(AGENTS, agent)  # people see how many devices it has


def _mention_odd_name(connection: Connection, name: str) -> None:
    """A name is data, and every way out treats it so; one with hidden characters is still worth knowing of."""
    if not name.isprintable() or len(name) > LONG_NAME:
        shown = ascii(name[:LONG_NAME])
        log.warning(
            "%s reports an odd name of %d characters for %s: %s", connection.agent_id, len(name), connection.dev, shown
        )
