"""One returned device and its reset, as its agent tells of it."""

import random
from dataclasses import dataclass, field
from typing import Any

from medialab_hub.services import jobs
from medialab_wire import topics
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.progress import ExecutionReport, ExecutionStatus
from medialab_wire.reports import Report
from tests.lab.returns import words
from tests.lab.returns.rooms import Room


@dataclass
class Agent:
    """Who has the devices; counts as the wire demands."""

    room: Room
    name: str
    devs: dict[str, str]
    """Connection → driver."""
    birth: int = 1
    seq: int = 0

    def greet(self) -> None:
        """It is there, with all of its devices."""
        self.tell_state(AgentPhase.READY)
        said = words.inventory(f"v{self.birth}", tuple(self.devs))
        self.room.send(topics.inventory(self.name), said.encode())
        for dev in self.devs:
            self.report(dev)

    def report(self, dev: str, serial: str = "") -> None:
        """What is at this connection now."""
        self.seq += 1
        said: Report = words.found(dev, self.devs[dev], (self.birth, self.seq), serial)
        self.room.send(topics.report(self.name, dev), said.encode())

    def tell_state(self, phase: AgentPhase) -> None:
        """How it is; also what the broker says of it when its line breaks."""
        said = AgentState(phase=phase, birth=self.birth, boot=f"boot-{self.birth}", version="0.1")
        self.room.send(topics.state(self.name), said.encode())

    def restart(self) -> None:
        """Killed, and started again."""
        self.tell_state(AgentPhase.LOST)
        self.birth += 1
        self.greet()


@dataclass
class Trial:
    """A device with a reset that its agent was given."""

    room: Room
    agent: Agent
    dev: str
    device: str
    chance: random.Random
    job: str = ""
    ver: int = 0
    last_proof: ExecutionReport | None = None
    """Of the reset before."""
    neighbours: list["Trial"] = field(default_factory=list)

    @property
    def driver(self) -> str:
        return self.agent.devs[self.dev]

    def begin(self, job: str) -> None:
        """A new reset."""
        self.job, self.ver = job, 0

    def proof(self, **changes: Any) -> ExecutionReport:
        """The whole evidence, with these changes, in the next version."""
        self.ver += 1
        whole = words.proof(self.job, self.dev, self.driver, self.ver)
        return whole.model_copy(update=changes)

    def say(self, report: ExecutionReport, agent: str = "") -> None:
        """On the agent's topic of that execution."""
        self.room.send(topics.execution(agent or self.agent.name, report.exec), report.encode())

    def run(self) -> None:
        """It has begun to erase."""
        going = {"status": ExecutionStatus.IN_PROGRESS, "steps": (words.WIPE,), "checks": (), "outcome": None}
        self.say(self.proof(**going))

    def lend_a_hand(self, *, done: bool = True) -> None:
        """Where the proof needs a person, that person looks, and says so at the hub."""
        if self.driver != words.BOX:
            return
        waiting = {"status": ExecutionStatus.WAITING_PERSON, "checks": (), "outcome": None}
        self.say(self.proof(**waiting, steps=(words.WIPED, words.ASK)))
        self.room.settle()
        self.room.do(jobs.answer, self.job, jobs.Reply(words.ASK.id, done), "staff")

    def prove(self) -> None:
        """The whole evidence."""
        self.last_proof = self.proof()
        self.say(self.last_proof)
