"""What is shown and told of agents: dicts with exactly the fields of `AgentView`."""

from collections.abc import Collection

from medialab_hub.services.stamps import stamp
from medialab_hub.storage import agents
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Agent


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {key: agent_view(session, agent) for key in ids if (agent := agents.get(session, key)) is not None}


def agent_view(session: Session, agent: Agent) -> Row:
    """The row of one agent."""
    return {
        "id": agent.id,
        "phase": agent.phase,
        "host": agent.host,
        "version": agent.version,
        "buses": agent.buses,
        "drivers": agent.drivers,
        "devices": agents.connection_count(session, agent.id),
        "last_seen": stamp(agent.last_seen),
    }


def agent_views(session: Session) -> list[Row]:
    """All agents."""
    return [agent_view(session, agent) for agent in agents.every(session)]


AGENTS = Noun("agent", _rows, every=agent_views)
