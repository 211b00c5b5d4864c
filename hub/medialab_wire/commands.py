"""What the hub wants of an agent: configuration, pending work, questions."""

from typing import Annotated, Any, Literal

from pydantic import Field

from medialab_wire.base import Instant, ShortText, WireId, WireModel
from medialab_wire.sealed import AccessKey, SealedText


class Config(WireModel):
    """Topic `dn/cfg`. `owned` are the connections this agent may command; an agent refuses all others.

    Lower versions are ignored within one epoch, which is new at each start of the hub: a hub restored from a backup
    may count from an older number."""

    epoch: str = ""
    version: int
    owned: tuple[WireId, ...] = ()
    manual: tuple[ShortText, ...] = ()
    """Addresses typed in by a person, such as `octoprint://192.0.2.7:5000`."""
    choices: dict[WireId, WireId] = {}
    """Connection → driver, where a person settled a tie."""
    sealed: dict[WireId, dict[AccessKey, SealedText]] = {}
    """Connection → what a person entered so that the device lets us in, by the key of the driver's `access`, each
    sealed to this agent's key. What is missing is forgotten at once."""

    def is_older_than(self, other: "Config") -> bool:
        """True when both are of one life of the hub, known by its epoch, and this one was made first."""
        return bool(self.epoch) and self.epoch == other.epoch and self.version < other.version


class Answer(WireModel):
    """A person's answer to a waiting step. `by` is a pseudonymous id, never a name."""

    step: WireId
    done: bool
    by: str = ""
    note: ShortText = ""
    """Always empty: what people type stays in the hub, where it can be erased. Kept because it was on the wire."""


class Execution(WireModel):
    """One job for one connection. The agent journals it before it starts; a replay is harmless.

    `baseline` is the recorded snapshot a reset compares with. `deadline_s` bounds the run from its first step,
    `step_deadline_s` each step without one of its own; both on monotonic clocks of the agent."""

    exec: WireId
    job: WireId
    dev: WireId
    action: str
    level: WireId | None = None
    params: dict[str, Any] = {}
    baseline: dict[str, Any] | None = None
    deadline_s: float = 900
    step_deadline_s: float = 60
    created: Instant | None = None


class NextWork(WireModel):
    """Topic `dn/next`: all unfinished executions of this agent. Lower versions are ignored within one epoch.

    `acked` tells which report version of an execution is stored, so that the agent may forget it."""

    epoch: str
    version: int
    executions: tuple[Execution, ...] = ()
    cancel: tuple[WireId, ...] = ()
    answers: dict[WireId, tuple[Answer, ...]] = {}
    acked: dict[WireId, int] = {}


class AskRebirth(WireModel):
    """Send state, inventory, reports and running executions again."""

    kind: Literal["rebirth"] = "rebirth"
    expires: Instant | None = None


class AskPing(WireModel):
    """Answer with a fresh `AgentState`."""

    kind: Literal["ping"] = "ping"
    expires: Instant | None = None


class AskLog(WireModel):
    """Change the log level of the agent until it restarts."""

    kind: Literal["log"] = "log"
    level: Literal["debug", "info", "warning"] = "info"
    expires: Instant | None = None


class AckReports(WireModel):
    """These reports are stored: connection → (birth, seq). What is not acknowledged is repeated."""

    kind: Literal["acks"] = "acks"
    reports: dict[WireId, tuple[int, int]] = {}
    inventory: str | None = None


Ask = Annotated[AskRebirth | AskPing | AskLog | AckReports, Field(discriminator="kind")]
"""Topic `dn/ask`."""
