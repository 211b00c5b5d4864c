"""Agents, their buses and drivers."""

from pydantic import BaseModel

from medialab_hub.api.schemas.base import Instant
from medialab_wire.capabilities import DriverManifest
from medialab_wire.presence import AgentPhase
from medialab_wire.sightings import BusFact


class AgentView(BaseModel):
    """One agent; also stream event `agent`. `buses` say what it can look at and, if not, why."""

    id: str
    phase: AgentPhase
    host: str = ""
    version: str = ""
    buses: list[BusFact] = []
    drivers: list[str] = []
    devices: int = 0
    last_seen: Instant | None = None


class Drivers(BaseModel):
    """The manifests announced by all agents, newest version of each."""

    items: list[DriverManifest]
