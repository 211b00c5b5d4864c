"""Every MQTT topic of `ml/1`; no other module spells a topic."""

import re
from dataclasses import dataclass

from medialab_wire import PROTO
from medialab_wire.base import WIRE_ID

HUB = f"{PROTO}/hub"
ALL_UP = f"{PROTO}/a/+/up/#"
_ID = re.compile(WIRE_ID)


def state(agent: str) -> str:
    """Retained, also the will: `AgentState`."""
    return f"{PROTO}/a/{agent}/up/state"


def inventory(agent: str) -> str:
    """Retained: `Inventory`."""
    return f"{PROTO}/a/{agent}/up/inv"


def report(agent: str, dev: str) -> str:
    """Retained, only on change: `Report`."""
    return f"{PROTO}/a/{agent}/up/d/{dev}/rep"


def event(agent: str, dev: str) -> str:
    """Not retained, a hint only: `Event`."""
    return f"{PROTO}/a/{agent}/up/d/{dev}/ev"


def execution(agent: str, exec_id: str) -> str:
    """Not retained, repeated until acknowledged: `ExecutionReport`."""
    return f"{PROTO}/a/{agent}/up/x/{exec_id}"


def config(agent: str) -> str:
    """Retained: `Config`."""
    return f"{PROTO}/a/{agent}/dn/cfg"


def next_work(agent: str) -> str:
    """Retained: `NextWork`."""
    return f"{PROTO}/a/{agent}/dn/next"


def ask(agent: str) -> str:
    """Not retained: `Ask`."""
    return f"{PROTO}/a/{agent}/dn/ask"


def all_down(agent: str) -> str:
    """Subscription of one agent to everything meant for it."""
    return f"{PROTO}/a/{agent}/dn/#"


@dataclass(frozen=True)
class UpTopic:
    """A parsed upward topic: kind is `state`, `inv`, `rep`, `ev` or `x`; subject is the connection or execution id."""

    agent: str
    kind: str
    subject: str | None = None


def parse_up(topic: str) -> UpTopic | None:
    """The parts of an upward topic, or None for any topic this protocol does not know; ids are valid `WireId`s."""
    match topic.split("/"):
        case ["ml", "1", "a", agent, "up", ("state" | "inv") as kind] if _is_id(agent):
            return UpTopic(agent, kind)
        case ["ml", "1", "a", agent, "up", "d", dev, ("rep" | "ev") as kind] if _is_id(agent) and _is_id(dev):
            return UpTopic(agent, kind, dev)
        case ["ml", "1", "a", agent, "up", "x", exec_id] if _is_id(agent) and _is_id(exec_id):
            return UpTopic(agent, "x", exec_id)
        case _:
            return None


def _is_id(level: str) -> bool:
    return _ID.fullmatch(level) is not None
