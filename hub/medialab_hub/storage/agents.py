"""Finds agents, announced drivers and manual addresses."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from medialab_hub.storage.tables import Agent, AnnouncedDriver, Connection, ManualAddress
from medialab_wire.capabilities import DriverManifest


def get(session: Session, agent_id: str) -> Agent | None:
    """The agent of that id."""
    return session.get(Agent, agent_id)


def every(session: Session) -> Sequence[Agent]:
    """All agents by id."""
    return session.exec(select(Agent).order_by(Agent.id)).all()


def manifest(session: Session, driver: str | None) -> DriverManifest | None:
    """A driver's manifest as announced last."""
    row = None if driver is None else session.get(AnnouncedDriver, driver)
    return None if row is None else DriverManifest.model_validate(row.manifest)


def manifests(session: Session) -> list[DriverManifest]:
    """All announced manifests by id."""
    rows = session.exec(select(AnnouncedDriver).order_by(AnnouncedDriver.id))
    return [DriverManifest.model_validate(row.manifest) for row in rows]


def connection_count(session: Session, agent_id: str) -> int:
    """How many connections an agent has that are not absent."""
    query = select(func.count()).select_from(Connection)
    return session.exec(query.where(Connection.agent_id == agent_id, Connection.presence != "absent")).one()


def manual_addresses(session: Session) -> list[str]:
    """Addresses people typed in, sorted."""
    return list(session.exec(select(ManualAddress.address).order_by(col(ManualAddress.address))))
