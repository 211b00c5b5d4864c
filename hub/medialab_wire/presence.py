"""Who is on the line: states of hub and agent."""

from enum import StrEnum

from medialab_wire import PROTO
from medialab_wire.base import Instant, ShortText, WireId, WireModel


class HubState(WireModel):
    """Topic `hub`. `epoch` is new at each start of the hub: agents then send state and running jobs again."""

    online: bool
    epoch: str
    proto: str = PROTO
    time: Instant | None = None


class AgentPhase(StrEnum):
    """Words of Homie 5 `$state` (https://homieiot.github.io/specification/, 2025)."""

    INIT = "init"
    READY = "ready"
    SLEEPING = "sleeping"
    DISCONNECTED = "disconnected"
    LOST = "lost"


class AgentState(WireModel):
    """Topic `up/state`. `birth` counts connections and only grows; a will with an older birth is ignored
    (the idea of bdSeq, Sparkplug B 3.0 §5). `boot` is new at each start of the agent."""

    phase: AgentPhase
    birth: int
    boot: str
    version: str
    inventory: str | None = None
    host: ShortText = ""
    agent: WireId | None = None
    seal_key: ShortText | None = None
    """The agent's public key, to which the hub seals what people type; see `sealed`. Another one than before: nothing
    that was sealed earlier can be opened any more."""
