"""Takes what agents say about themselves: who is there, their buses, their drivers; and tells them what they own."""

import re
from collections.abc import Iterable

from medialab_hub.domain.events import Happened
from medialab_hub.domain.presence import absent_since, is_newer_state
from medialab_hub.services.access import agent_is_back, tell_of_new_key
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.device_classes import drivers_of
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.ownership import bump_config, settle_owner
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.subjects import reported
from medialab_hub.storage import access, agents, devices, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Agent, AnnouncedDriver, ManualAddress
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import DriverManifest
from medialab_wire.commands import Config
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.reports import Inventory, Presence
from medialab_wire.sealed import SEAL_KEY
from medialab_wire.texts import Text

MANUAL = "manual-addresses"
"""Subject in the journal; the addresses themselves were typed by people."""
GONE = frozenset({AgentPhase.LOST, AgentPhase.DISCONNECTED, AgentPhase.SLEEPING})


def take_state(uow: UnitOfWork, agent_id: str, state: AgentState) -> bool:
    """Store a state. True: the agent should tell everything again, because it is back or something got lost on the way.

    Older states are ignored. The connections of an agent that is gone are silent."""
    agent = _require(uow, agent_id)
    before = AgentState(phase=AgentPhase(agent.phase), birth=agent.birth, boot=agent.boot, version=agent.version)
    if not is_newer_state(before, state):
        return False
    if state.birth < agent.birth:
        _forget_births(uow, agent_id)
    is_back = state.phase is AgentPhase.READY and (before.phase in GONE or before.boot != state.boot)
    changed = (agent.phase, agent.version, agent.host) != (state.phase.value, state.version, state.host)
    agent.phase, agent.birth, agent.boot = state.phase.value, state.birth, state.boot
    agent.version, agent.host, agent.last_seen = state.version, state.host, uow.now
    if state.phase is AgentPhase.READY:
        _take_key(uow, agent, state.seal_key or "")
        if before.phase is not AgentPhase.READY:
            agent_is_back(uow, agent_id)
    if state.phase in GONE:
        standings = devices.standings_at(uow.session, agent_id)
        _turn(uow, [there.id for there in standings if there.presence == Presence.PRESENT], Presence.SILENT)
    if changed:
        uow.record(Happened.AGENT_CHANGED, agent_id, phase=agent.phase, version=agent.version)
        for job in jobs.for_agent(uow.session, agent_id):
            uow.touch(JOBS, job.id)
    uow.touch(AGENTS, agent_id)
    return is_back or (state.phase is AgentPhase.READY and _has_missed(uow, agent, state))


def _has_missed(uow: UnitOfWork, agent: Agent, state: AgentState) -> bool:
    """It has another inventory than we know of, or is there while we still think its connections went with it."""
    if state.inventory is not None and state.inventory != agent.inventory_version:
        return True
    return any(c.is_turned and c.presence == Presence.SILENT for c in devices.standings_at(uow.session, agent.id))


def _take_key(uow: UnitOfWork, agent: Agent, seal_key: str) -> None:
    """One that is none counts as none: nothing can be entered for its devices until it offers another."""
    usable = seal_key if re.fullmatch(SEAL_KEY, seal_key) else ""
    before = agent.seal_key
    if usable != before:
        agent.seal_key = usable
        uow.session.flush()
        tell_of_new_key(uow, agent.id, before)


def _forget_births(uow: UnitOfWork, agent_id: str) -> None:
    """The agent was installed anew and counts from the beginning."""
    for connection in devices.connections_at(uow.session, agent_id):
        connection.birth = connection.seq = 0


def _turn(uow: UnitOfWork, ids: Iterable[str], presence: Presence) -> None:
    for connection in devices.connections_named(uow.session, ids):
        connection.absent_since = absent_since(presence, connection.absent_since, uow.now)
        connection.presence, connection.is_turned = presence.value, True
        uow.touch_connection(connection.id)
        device = devices.get(uow.session, connection.device_id)
        if device is not None:
            settle_owner(uow, device)
            reported(uow, device, Happened.DEVICE_REPORTED, agent=connection.agent_id, changed=["presence"])


def take_inventory(uow: UnitOfWork, agent_id: str, inventory: Inventory) -> bool:
    """Store drivers and buses; connections the agent no longer names are absent.

    True: it names some that we had turned away, as an older inventory that comes late makes us do; it should tell
    everything again, for it has no reason to repeat reports that were stored."""
    agent = _require(uow, agent_id)
    named = set(inventory.devices)
    standings = devices.standings_at(uow.session, agent_id)
    is_contradicted = any(there.is_turned and there.dev in named for there in standings)
    if agent.inventory_version == inventory.version:
        return is_contradicted
    agent.inventory_version = inventory.version
    agent.host = inventory.host or agent.host
    agent.buses = [bus.model_dump(mode="json") for bus in inventory.buses]
    agent.drivers = sorted(manifest.id for manifest in inventory.drivers)
    for manifest in inventory.drivers:
        _announce(uow, agent_id, manifest)
    uow.session.flush()
    missing = [there for there in standings if there.dev not in named and there.presence != Presence.ABSENT]
    _turn(uow, [there.id for there in missing], Presence.ABSENT)
    uow.record(Happened.AGENT_INVENTORIED, agent_id, version=inventory.version, drivers=agent.drivers)
    uow.touch(AGENTS, agent_id)
    return is_contradicted


def _announce(uow: UnitOfWork, agent_id: str, manifest: DriverManifest) -> None:
    row = uow.session.get(AnnouncedDriver, manifest.id)
    content = manifest.model_dump(mode="json")
    if row is None:
        row = AnnouncedDriver(id=manifest.id, version="", agent_id=agent_id, announced_at=uow.now)
        uow.session.add(row)
    elif row.manifest == content or _order(row.version) > _order(manifest.version):
        return
    row.version, row.agent_id, row.manifest, row.announced_at = manifest.version, agent_id, content, uow.now


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def _require(uow: UnitOfWork, agent_id: str) -> Agent:
    agent = agents.get(uow.session, agent_id)
    if agent is None:
        agent = Agent(id=agent_id)
        uow.session.add(agent)
        uow.session.flush()
        bump_config(uow, agent_id)
    return agent


def config_for(session: Session, agent_id: str) -> Config | None:
    """What an agent may command, people's choices, and addresses they typed in; None for an unknown agent."""
    agent = agents.get(session, agent_id)
    if agent is None:
        return None
    return Config(
        version=agent.config_version,
        owned=tuple(devices.owned_by(session, agent_id)),
        manual=tuple(agents.manual_addresses(session)),
        choices=devices.choices_at(session, agent_id),
        sealed=access.sealed_at(session, agent_id),
    )


def add_address(uow: UnitOfWork, address: str, actor: str) -> None:
    """An address such as `octoprint://192.0.2.7:5000`, for all agents to look at. Raises `HubError` when it is none."""
    scheme, separator, rest = address.strip().partition("://")
    if not separator or not scheme.isascii() or not scheme or not rest or len(address) > 300:
        raise not_understood(
            "not-an-address",
            Text(
                de="So sieht eine Adresse aus: octoprint://192.0.2.7:5000",
                en="An address looks like octoprint://192.0.2.7:5000",
            ),
            address[:80],
        )
    if uow.session.get(ManualAddress, address.strip()) is None:
        uow.session.add(ManualAddress(address=address.strip(), actor=actor, added_at=uow.now))
        uow.session.flush()
        _tell_all(uow, Happened.ADDRESS_ADDED, actor)


def add_things(uow: UnitOfWork, device_class: str, count: int, actor: str) -> list[str]:
    """Addresses for that many devices without an interface, numbered on from the highest of their class.

    Raises `Conflict` while no agent has a driver for such."""
    start = f"{_driver_by_hand(uow.session, device_class)}://{device_class}."
    known = (address.removeprefix(start) for address in agents.manual_addresses(uow.session))
    last = max((int(number) for number in known if number.isdecimal()), default=0)
    fresh = [f"{start}{last + number}" for number in range(1, count + 1)]
    for address in fresh:
        uow.session.add(ManualAddress(address=address, actor=actor, added_at=uow.now))
    uow.session.flush()
    _tell_all(uow, Happened.ADDRESS_ADDED, actor)
    return fresh


def _driver_by_hand(session: Session, device_class: str) -> str:
    """Of the announced drivers for things that people enter: the one the catalogue names, else the first."""
    known = [manifest.id for manifest in agents.manifests(session) if manifest.by_hand]
    if not known:
        text = Text(
            de="Noch kein Agent kennt Geräte ohne Anschluss. Bitte warten, bis einer gestartet ist.",
            en="No agent knows devices without an interface yet. Please wait until one has started.",
        )
        raise not_possible("no-driver-by-hand", text)
    named = drivers_of(device_class)
    return next((driver for driver in known if driver in named), known[0])


def remove_address(uow: UnitOfWork, address: str, actor: str) -> None:
    """Agents no longer look there. Raises `NotFound`."""
    row = uow.session.get(ManualAddress, address.strip())
    if row is None:
        raise no_such("address", address[:80])
    uow.session.delete(row)
    uow.session.flush()
    _tell_all(uow, Happened.ADDRESS_REMOVED, actor)


def _tell_all(uow: UnitOfWork, kind: Happened, actor: str) -> None:
    uow.record(kind, MANUAL, actor)
    for agent in agents.every(uow.session):
        bump_config(uow, agent.id)
