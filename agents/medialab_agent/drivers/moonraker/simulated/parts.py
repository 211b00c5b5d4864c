"""What one simulated Moonraker consists of, and how its routes are written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.moonraker.simulated.machine import Machine
from medialab_agent.drivers.moonraker.simulated.store import Store
from medialab_agent.sdk.simulated_http import Ask, Reply
from medialab_agent.sdk.simulator import Fault

VERSION = "0.11.0"


@dataclass
class Parts:
    """One simulated Moonraker. `tell` sends a notice to every websocket; `trusts`: lets everybody in without a key."""

    name: str
    machine: Machine
    store: Store
    faults: set[Fault]
    tell: Callable[[str, list[Any]], None]
    api_key: str
    trusts: bool = True

    def lets_in(self, headers: Mapping[str, str]) -> bool:
        """As Moonraker decides: a wrong key is refused even where none is needed."""
        key = headers.get("x-api-key")
        if Fault.LOCKED in self.faults:
            return False
        return key == self.api_key if key else self.trusts


@dataclass(frozen=True)
class Call:
    """One request that found its route; `args` are the named parts of the path, None where left out."""

    parts: Parts
    ask: Ask
    args: Mapping[str, Any]


Answer = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """One method and path. `public` routes answer without a key; `klippy` ones not while Klipper is away."""

    method: str
    pattern: str
    answer: Answer
    public: bool = False
    klippy: bool = False


def result(value: Any, status: int = 200) -> Reply:
    """An answer as Moonraker wraps it."""
    return Reply.of({"result": value}, status)


def error(status: int, text: str = "") -> Reply:
    """An error as Moonraker words it."""
    return Reply.of({"error": {"code": status, "message": text, "traceback": ""}}, status)
