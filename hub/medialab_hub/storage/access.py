"""Finds, stores and deletes what people entered so that devices let us in; all of it is sealed."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, and_, col, delete, select, update

from medialab_hub.storage.tables import Agent, Connection, Device, EnteredAccess


def of(session: Session, connections: Collection[str]) -> Sequence[EnteredAccess]:
    """What was entered for these connections, by connection and key."""
    query = select(EnteredAccess).where(col(EnteredAccess.connection_id).in_(connections))
    return session.exec(query.order_by(EnteredAccess.connection_id, EnteredAccess.key)).all()


def forget(session: Session, connections: Collection[str]) -> list[str]:
    """Delete all that was entered for these connections; the keys it had."""
    gone = delete(EnteredAccess).where(col(EnteredAccess.connection_id).in_(connections))
    return sorted(set(session.exec(gone.returning(col(EnteredAccess.key))).scalars()))


def blank(session: Session, connections: Collection[str]) -> None:
    """Delete the texts, and keep that their agents, which are away, have them still."""
    those = col(EnteredAccess.connection_id).in_(connections)
    session.exec(update(EnteredAccess).where(those).values(sealed="", actor=""))


def forget_blanks_at(session: Session, agent: str) -> list[str]:
    """The agent has nothing any more that was forgotten here; devices of which it had."""
    query = select(Connection.id, Connection.device_id)
    query = query.join(EnteredAccess, col(Connection.id) == col(EnteredAccess.connection_id))
    found = session.exec(query.where(Connection.agent_id == agent, EnteredAccess.sealed == "").distinct()).all()
    forget(session, [connection for connection, _ in found])
    return sorted({device for _, device in found})


def sealed_at(session: Session, agent: str) -> dict[str, dict[str, str]]:
    """What an agent can open, for devices of the inventory, by what it calls the connection, and by key."""
    query = (
        select(Connection.dev, EnteredAccess.key, EnteredAccess.sealed)
        .join(Connection, col(Connection.id) == col(EnteredAccess.connection_id))
        .join(Agent, and_(col(Agent.id) == Connection.agent_id, col(Agent.seal_key) == col(EnteredAccess.seal_key)))
        .join(Device, col(Device.id) == col(Connection.device_id))
        .where(Connection.agent_id == agent, EnteredAccess.sealed != "")
        .where(col(Device.adopted_at).is_not(None), col(Device.retired_at).is_(None))
        .order_by(Connection.dev, EnteredAccess.key)
    )
    found: dict[str, dict[str, str]] = {}
    for dev, key, text in session.exec(query):
        found.setdefault(dev, {})[key] = text
    return found


def devices_at(session: Session, agent: str, seal_key: str) -> Sequence[str]:
    """Devices for which something was entered that an agent could open with that key."""
    query = select(Connection.device_id).join(EnteredAccess, col(Connection.id) == col(EnteredAccess.connection_id))
    query = query.where(Connection.agent_id == agent, EnteredAccess.seal_key == seal_key)
    query = query.where(EnteredAccess.sealed != "")
    return session.exec(query.distinct().order_by(Connection.device_id)).all()
