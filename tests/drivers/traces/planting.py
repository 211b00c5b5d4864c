"""What a planted trace is, and which family of devices it is planted on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_wire.progress import Outcome


@dataclass(frozen=True)
class Trace:
    """One thing a group leaves behind, alone.

    `plant` leaves it; `left` is true while it is there, by the simulator's own account. `shows` is the trace that the
    report counts before the reset; empty where the protocol tells nothing without a reset. `end` is how a reset ends;
    unless that is clean, `names` is the check that says why, or the trouble of a reset that came to no check."""

    name: str
    plant: Callable[[Any], object]
    left: Callable[[Any], object]
    shows: str = ""
    end: Outcome = Outcome.CLEAN
    names: str = ""


async def as_it_is(_bench: Bench, _simulator: Any) -> None:
    """Nothing to prepare."""


@dataclass(frozen=True)
class Family:
    """Devices of one driver that keep the same traces. `prepare` is what a person does once with a new device.

    `tells_changes`: the driver goes by what the device tells when it changes; a new agent asks for everything."""

    driver: str
    name: str
    make: Callable[[], Simulator]
    traces: tuple[Trace, ...]
    level: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Bench, Any], Awaitable[None]] = as_it_is
    tells_changes: bool = False
