"""Rounds of returns: everything is lent, comes back, is reset in its own way, and only what is proven is bookable."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.inspections import InspectionResult
from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION
from medialab_hub.services import inspections, inventory, jobs, lending, models, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.inspections import Batch, Entry
from medialab_hub.services.inventory import AdoptWish
from medialab_hub.storage import devices
from medialab_hub.storage import jobs as job_rows
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import ExecutionReport, ExecutionStatus
from tests.fixtures.hubs import until
from tests.lab.returns import words
from tests.lab.returns.faults import FAULTS, HONEST, Fault
from tests.lab.returns.rooms import Room
from tests.lab.returns.trial import Agent, Trial

FAULTY = 0.85
"""Share of the resets that go wrong."""
EVERYTHING = list(FAULTS)
LONG_H = (0.0, 0.1, 0.3, 2.0, 30.0)
"""How long nobody looks; a loan lasts an hour, a returned device is expected to be proven within a quarter of one."""


class Lab:
    """Two agents with devices of both drivers; some devices are lent as a model, some each by itself."""

    def __init__(self, room: Room, chance: random.Random, count: int) -> None:
        self.room, self._chance = room, chance
        self.counts: Counter[str] = Counter()
        self.injected = 0
        self.agents = [self._agent(name, count // 2) for name in ("north", "south")]
        room.settle()
        found = room.do(_found)
        wishes = [AdoptWish(device) for device in found.values()]
        _, started = room.do(inventory.adopt, wishes, True, "staff")
        by_device = {job.device_id: job.id for job in room.do(_jobs, started)}
        self.trials = [
            Trial(room, agent, dev, found[agent.name, dev], chance) for agent in self.agents for dev in agent.devs
        ]
        for trial in self.trials:
            trial.neighbours = [other for other in self.trials if other is not trial]
            self._record_baseline(trial, by_device[trial.device])
        room.settle()
        self.model = room.do(models.add, "Tablet", None, models.Care(), "staff")
        self.of_model = {trial.device for trial in self.trials[: 3 * count // 4]}
        room.do(models.put_in, self.model, sorted(self.of_model), "staff")

    def play(self, kinds: Sequence[str]) -> None:
        """One round: these faults, one for each device; what is left over is honest."""
        plays = [self._choose(kind) for kind in kinds]
        plays += [self._chance.choice(list(HONEST.items())) for _ in self.trials[len(plays) :]]
        self._chance.shuffle(plays)
        self._lend_and_return()
        proven = self._run_all([play for _, play in plays])
        self.counts.update(kind for kind, _ in plays)
        self.injected += len(kinds)
        named = {trial.device: kind for trial, (kind, _) in zip(self.trials, plays, strict=True)}
        self._look(proven, named)
        for hours in self._chance.sample(LONG_H, 2):
            self.room.pass_time(hours)
            if self._chance.random() < 0.5:
                self.room.do(returns.plan_around_late)
            self._look(proven, named)
        self._give_up()
        self._look(proven, named)
        self._prove_the_rest(proven)
        self._look({trial.device for trial in self.trials}, named)

    def _choose(self, kind: str) -> tuple[str, Fault]:
        return kind, FAULTS[kind]

    def _agent(self, name: str, count: int) -> Agent:
        devs = {f"{name[0]}{number}": words.BOX if number % 4 == 3 else words.SLATE for number in range(count)}
        agent = Agent(self.room, name, devs)
        agent.greet()
        return agent

    def _record_baseline(self, trial: Trial, job: str) -> None:
        status = ExecutionStatus.SUCCEEDED
        trial.say(ExecutionReport(exec=job, dev=trial.dev, ver=1, status=status, snapshot={"apps": ["a"]}))

    def _lend_and_return(self) -> None:
        keys = [trial.device for trial in self.trials]
        self.room.do(_lend, keys)
        self.room.do(_take_back, keys)
        self._look(set(), {})
        self.room.begin_resets()
        for trial in self.trials:
            (job,) = until(lambda: self.room.do(_open, trial.device), 20)  # noqa: B023 - called before the next turn
            trial.begin(job.id)

    def _run_all(self, faults: Sequence[Fault]) -> set[str]:
        """Message after message, whose turn it is decided by chance; the devices that are proven in the end."""
        going = [(trial, fault(trial)) for trial, fault in zip(self.trials, faults, strict=True)]
        proven: set[str] = set()
        while going:
            one = self._chance.choice(going)
            try:
                next(one[1])
            except StopIteration as end:
                going.remove(one)
                proven |= {one[0].device} if end.value else set()
        self.room.settle()
        return proven

    def _look(self, proven: set[str], named: dict[str, str]) -> None:
        """Exactly these are bookable."""
        bookable = self.room.bookable([trial.device for trial in self.trials])
        wrong = {named.get(device, device) for device in bookable - proven}
        assert not wrong, f"bookable without evidence: {wrong}"
        assert bookable == proven, f"not bookable with evidence: {[named.get(one) for one in proven - bookable]}"
        assert self.room.free(self.model) == len(proven & self.of_model)

    def _give_up(self) -> None:
        """What has not ended is over now, by its agent's word or because its time is over."""
        for trial in self.trials:
            for job in self.room.do(_open, trial.device):
                if self._chance.random() < 0.5:
                    self.room.do(jobs.run_out, [job.id])
                if self.room.do(_open, trial.device):
                    trial.begin(job.id)
                    trial.ver = job.ver + 10_000
                    trial.say(trial.proof(status=ExecutionStatus.CANCELED))
        self.room.settle()

    def _prove_the_rest(self, proven: set[str]) -> None:
        """Staff have the others reset again, which now works."""
        rest = [trial for trial in self.trials if trial.device not in proven]
        for trial in rest:
            self.room.do(inspections.enter, Batch([Entry(trial.device)], InspectionResult.PASSED), "staff")
            trial.begin(self.room.do(jobs.start, jobs.Wish(trial.device, RESET_ACTION), "staff"))
            trial.run()
            trial.lend_a_hand()
            trial.prove()
        self.room.settle()


def run(lab: Lab, chance: random.Random, faults: int) -> None:
    """So many faults, each kind as often as the others, in rounds."""
    waiting: list[str] = []
    while lab.injected < faults:
        wanted = min(faults - lab.injected, max(1, round(len(lab.trials) * FAULTY)))
        while len(waiting) < wanted:
            waiting += chance.sample(EVERYTHING, len(EVERYTHING))
        kinds, waiting = waiting[:wanted], waiting[wanted:]
        lab.play(kinds)


def _found(uow: UnitOfWork) -> dict[tuple[str, str], str]:
    known = [one for agent in ("north", "south") for one in devices.connections_at(uow.session, agent)]
    return {(one.agent_id, one.dev): one.device_id for one in known}


def _jobs(uow: UnitOfWork, ids: Sequence[str]) -> list[Job]:
    return [job for job in job_rows.many(uow.session, ids) if job.action == BASELINE_ACTION]


def _open(uow: UnitOfWork, device: str) -> Sequence[Job]:
    return job_rows.open_of(uow.session, [device])


def _lend(uow: UnitOfWork, keys: Sequence[str]) -> None:
    wish = Wish([LineWish(device=key) for key in keys], Interval(uow.now, uow.now + timedelta(hours=1)))
    lending.lend(uow, wish, "staff")


def _take_back(uow: UnitOfWork, keys: Sequence[str]) -> None:
    for key in keys:
        lending.check_in(uow, key, "staff")
