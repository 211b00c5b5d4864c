"""What one simulated OctoPrint consists of, and how its routes are written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.octoprint.simulated.access import Access
from medialab_agent.drivers.octoprint.simulated.machine import Machine
from medialab_agent.drivers.octoprint.simulated.store import Store
from medialab_agent.sdk.simulated_http import Ask, Reply
from medialab_agent.sdk.simulator import Fault

VERSION = "1.11.8"
EMPTY = Reply(204)


@dataclass
class Parts:
    """One simulated OctoPrint. `tell` sends an event to every push socket."""

    uuid: str
    name: str
    machine: Machine
    store: Store
    access: Access
    faults: set[Fault]
    tell: Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Call:
    """One request that found its route; `args` are the named parts of the path, None where left out."""

    parts: Parts
    ask: Ask
    args: Mapping[str, Any]


Answer = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """One method and path. `public` routes answer without a key."""

    method: str
    pattern: str
    answer: Answer
    public: bool = False


def error(status: int, text: str = "") -> Reply:
    """An error as OctoPrint words it."""
    return Reply.of({"error": text}, status)
