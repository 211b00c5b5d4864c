"""One heater of a simulated device: how warm it is as time passes."""

from dataclasses import dataclass, field


@dataclass
class Heater:
    """A temperature on its way to its target, in °C and °C per second, never below the room's `ambient`."""

    ambient: float
    heats: float
    cools: float
    target: float = 0.0
    actual: float = field(init=False)
    _moved: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.actual = self.ambient

    def advance(self, now: float) -> None:
        """Let time pass until `now`, in seconds of a clock that only goes forward."""
        goal, span = max(self.target, self.ambient), now - self._moved
        if self.actual < goal:
            self.actual = min(goal, self.actual + self.heats * span)
        else:
            self.actual = max(goal, self.actual - self.cools * span)
        self._moved = now
