"""Keeps the commanding connection of a device, and tells agents when what they may command changed."""

from medialab_hub.domain.ownership import Way, choose_owner
from medialab_hub.services.driver_choices import is_given_up
from medialab_hub.services.model_names import model_of
from medialab_hub.storage import agents, devices, jobs
from medialab_hub.storage.tables import Connection, Device
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.reports import Access, Presence


def settle_owner(uow: UnitOfWork, device: Device, connections: list[Connection] | None = None) -> None:
    """Choose the owner again and take from it what the device shows: driver, kind, model.

    `connections`: all of the device's, when the caller knows them."""
    if connections is None:
        connections = devices.connections_of(uow.session, [device.id])
    usable = [connection for connection in connections if not is_given_up(connection, connections)]
    ways = [_way(connection) for connection in usable]
    chosen = choose_owner(ways, device.owner_id, is_busy=False)
    if chosen != device.owner_id and device.adopted_at is not None:  # before that nobody commands it
        if jobs.open_of(uow.session, [device.id]):
            chosen = choose_owner(ways, device.owner_id, is_busy=True)
        if chosen != device.owner_id:
            tell_agents(uow, connections, {device.owner_id, chosen})
    if chosen != device.owner_id:
        device.owner_id = chosen
    _take_over(uow, device, usable)


def _way(connection: Connection) -> Way:
    return Way(
        connection.id,
        connection.driver is not None,
        Presence(connection.presence),
        Access(connection.access),
    )


def show(uow: UnitOfWork, device: Device, owner: Connection) -> None:
    """The device shows what its owner says."""
    _take_over(uow, device, [owner])


def _take_over(uow: UnitOfWork, device: Device, connections: list[Connection]) -> None:
    source = next((c for c in connections if c.id == device.owner_id), None) or max(
        connections, key=lambda c: (c.driver is not None, c.kind != "unknown", c.id), default=None
    )
    if source is None:
        return
    shown = {
        "driver": source.driver,
        "kind": source.kind if source.kind != "unknown" else None,
        "model": model_of(uow, device, source),
        "name": source.name if device.adopted_at is None else None,
    }
    for field, value in shown.items():
        if value and value != getattr(device, field):
            setattr(device, field, value)


def tell_agents(uow: UnitOfWork, connections: list[Connection], changed: set[str | None]) -> None:
    """The configuration of these connections' agents is a new version."""
    for agent in sorted({connection.agent_id for connection in connections if connection.id in changed}):
        bump_config(uow, agent)


def bump_config(uow: UnitOfWork, agent_id: str) -> None:
    """The agent's configuration changed. Versions grow even when an older copy of the database was restored."""
    agent = agents.get(uow.session, agent_id)
    if agent is not None:
        agent.config_version = max(agent.config_version + 1, int(uow.now.timestamp() * 1000))
        uow.touch_work(agent_id)
