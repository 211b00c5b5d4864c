"""How a reset goes wrong, or its evidence does. Each is played to its end, and tells whether the device is proven."""

from collections.abc import Callable, Generator
from typing import Any

from medialab_hub.domain.inspections import InspectionResult
from medialab_hub.services import inspections, jobs
from medialab_hub.services.inspections import Batch, Entry
from medialab_wire import topics
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.presence import AgentPhase
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome
from tests.lab.returns import words
from tests.lab.returns.trial import Trial

Play = Generator[None, None, bool]
Fault = Callable[[Trial], Play]


def ends(changes: Callable[[Trial], dict[str, Any]]) -> Fault:
    """A run like every other, but for what its end says."""

    def play(trial: Trial) -> Play:
        trial.run()
        yield
        trial.lend_a_hand()
        yield
        trial.say(trial.proof(**changes(trial)))
        return False

    return play


def _checks(*changed: Check) -> Callable[[Trial], dict[str, Any]]:
    """All that is demanded, with these instead of those of the same id."""
    new = {check.id for check in changed}

    def changes(trial: Trial) -> dict[str, Any]:
        kept = [words.made(spec) for spec in words.DEMANDED[trial.driver] if spec.id not in new]
        return {"checks": (*kept, *changed)}

    return changes


def _with_status(status: ExecutionStatus) -> Fault:
    return ends(lambda _trial: {"status": status})


def _without_one(trial: Trial) -> dict[str, Any]:
    specs = words.DEMANDED[trial.driver]
    left_out = trial.chance.choice(specs)
    return {"checks": tuple(words.made(spec) for spec in specs if spec is not left_out)}


def _misnamed(trial: Trial) -> dict[str, Any]:
    specs = words.DEMANDED[trial.driver]
    return {"checks": tuple(words.made(spec, id=f"{spec.id}s" if spec is words.FILES else spec.id) for spec in specs)}


def _contradicted(result: CheckResult) -> Callable[[Trial], dict[str, Any]]:
    """The same check passed and did not, in either order."""

    def changes(trial: Trial) -> dict[str, Any]:
        made = [words.made(spec) for spec in words.DEMANDED[trial.driver]]
        made.insert(trial.chance.randrange(len(made) + 1), words.made(words.FILES, result))
        return {"checks": tuple(made)}

    return changes


def _too_many(trial: Trial) -> dict[str, Any]:
    """The one that failed comes after more than anybody reads."""
    made = [words.made(spec) for spec in words.DEMANDED[trial.driver]]
    filling = [words.made(words.FILES, id=f"extra-{number}") for number in range(300)]
    return {"checks": (*made, *filling, words.made(words.FILES, CheckResult.FAILED, id="last"))}


def _silent(trial: Trial) -> Play:
    """The agent never begins."""
    yield
    return False


def _killed(trial: Trial) -> Play:
    trial.run()
    yield
    trial.agent.tell_state(AgentPhase.LOST)
    yield
    trial.agent.restart()
    return False


def _never_ends(trial: Trial) -> Play:
    """All the evidence, but it still goes on."""
    trial.run()
    yield
    trial.say(trial.proof(status=ExecutionStatus.IN_PROGRESS))
    yield
    trial.say(trial.proof(status=ExecutionStatus.WAITING_PERSON))
    return False


def _late(trial: Trial) -> Play:
    """The hub has given it up, then the evidence comes."""
    trial.run()
    yield
    trial.room.settle()
    trial.room.do(jobs.run_out, [trial.job])
    yield
    trial.prove()
    return False


def _after_its_end(trial: Trial) -> Play:
    trial.run()
    yield
    trial.say(trial.proof(status=ExecutionStatus.FAILED, checks=(), outcome=None))
    yield
    trial.prove()
    return False


def _older_version(trial: Trial) -> Play:
    """What was said before it began comes after that."""
    early = trial.proof()
    yield
    trial.run()
    yield
    trial.say(early)
    return False


def _old_job(trial: Trial) -> Play:
    """The evidence of the reset before comes again, as new as can be."""
    trial.run()
    yield
    if trial.last_proof is not None:
        trial.say(trial.last_proof.model_copy(update={"ver": trial.last_proof.ver + 1000}))
    return False


def _unknown_job(trial: Trial) -> Play:
    trial.run()
    yield
    trial.say(trial.proof(exec=f"{trial.job}x"))
    return False


def _foreign_agent(trial: Trial) -> Play:
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    others = [one.agent.name for one in trial.neighbours if one.agent is not trial.agent]
    trial.say(trial.proof(), agent=trial.chance.choice([*others, "stranger"]))
    return False


def _of_another_device(trial: Trial) -> Play:
    """The evidence names a device that is not the one this reset is for."""
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.say(trial.proof(dev=trial.chance.choice([one.dev for one in trial.neighbours] or ["other"])))
    return False


def _wrong_topic(trial: Trial) -> Play:
    trial.run()
    yield
    neighbour = trial.chance.choice([one.job for one in trial.neighbours] or ["job-x"])
    trial.room.send(topics.execution(trial.agent.name, neighbour), trial.proof().encode())
    return False


def _garbled(trial: Trial) -> Play:
    """What is left of the evidence after an accident on the way."""
    trial.run()
    yield
    whole = trial.proof().encode()
    broken = (
        whole[: trial.chance.randrange(len(whole))],
        whole.replace(b'"passed"', b'"PASSED"'),
        whole.replace(b'"ver":', b'"ver":-'),
        whole.replace(b'"succeeded"', b'"clean"'),
        whole.replace(b'"checks":', b'"checks":7,"x":'),
        b"[" + whole + b"]",
        b"",
    )
    trial.room.send(topics.execution(trial.agent.name, trial.job), trial.chance.choice(broken))
    return False


def _weaker(trial: Trial) -> Play:
    """Somebody stops it and lets a weaker level run, which proves too little."""
    if trial.driver == words.BOX:
        return (yield from _silent(trial))
    trial.room.settle()
    trial.room.do(jobs.cancel, trial.job, "staff")
    trial.say(trial.proof(status=ExecutionStatus.CANCELED, steps=(), checks=(), outcome=None))
    trial.room.settle()
    yield
    trial.begin(trial.room.do(jobs.start, jobs.Wish(trial.device, "reset", words.LIGHT.id), "staff"))
    trial.run()
    yield
    trial.say(trial.proof())
    return False


def _exchanged(trial: Trial) -> Play:
    """Somebody plugs another device in there, and what is proven then is proven of that one."""
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.agent.report(trial.dev, serial=f"SN-other-{trial.job}")
    yield
    trial.say(trial.proof())
    trial.agent.report(trial.dev)
    return False


def _failed_test(trial: Trial) -> Play:
    """It is proven, but somebody found a broken cable meanwhile."""
    trial.run()
    yield
    trial.room.settle()
    trial.room.do(inspections.enter, Batch([Entry(trial.device)], InspectionResult.FAILED), "staff")
    yield
    trial.lend_a_hand()
    trial.prove()
    return False


def _not_looked(trial: Trial) -> Play:
    """Who was to look says that it could not be done; the agent says it was."""
    trial.run()
    yield
    trial.lend_a_hand(done=False)
    yield
    trial.say(trial.proof(checks=() if trial.driver == words.SLATE else trial.proof().checks))
    return False


def _forged_tick(trial: Trial) -> Play:
    """A person's tick that nobody gave here."""
    trial.run()
    yield
    forged = (
        {} if trial.driver == words.BOX else _checks(words.made(words.FILES, kind=EvidenceKind.PERSON, by="x"))(trial)
    )
    trial.say(trial.proof(**forged))
    return False


def _lost_while_busy(trial: Trial) -> Play:
    """The database does not answer, and the evidence never comes again."""
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.room.lose(lambda: trial.say(trial.proof()))
    return False


FAULTS: dict[str, Fault] = {
    "never begun": _silent,
    "agent killed": _killed,
    "never ended": _never_ends,
    "no evidence": ends(lambda _trial: {"checks": ()}),
    "evidence missing": ends(_without_one),
    "check unknown": ends(_checks(words.made(words.FILES, CheckResult.UNKNOWN))),
    "check failed": ends(_checks(words.made(words.FILES, CheckResult.FAILED))),
    "check of another name": ends(_misnamed),
    "said no and yes": ends(_contradicted(CheckResult.FAILED)),
    "said unknown and yes": ends(_contradicted(CheckResult.UNKNOWN)),
    "too much to read": ends(_too_many),
    "says unverified": ends(lambda _trial: {"outcome": Outcome.UNVERIFIED}),
    "says quarantined": ends(lambda _trial: {"outcome": Outcome.QUARANTINED}),
    "says nothing": ends(lambda _trial: {"outcome": None}),
    "failed": _with_status(ExecutionStatus.FAILED),
    "timed out": _with_status(ExecutionStatus.TIMED_OUT),
    "canceled": _with_status(ExecutionStatus.CANCELED),
    "rejected": _with_status(ExecutionStatus.REJECTED),
    "expired": _with_status(ExecutionStatus.EXPIRED),
    "late": _late,
    "after its end": _after_its_end,
    "older version": _older_version,
    "of the job before": _old_job,
    "of an unknown job": _unknown_job,
    "of another agent": _foreign_agent,
    "of another device": _of_another_device,
    "wrong topic": _wrong_topic,
    "garbled": _garbled,
    "weaker level": _weaker,
    "device exchanged": _exchanged,
    "test failed": _failed_test,
    "person said no": _not_looked,
    "forged tick": _forged_tick,
    "database busy": _lost_while_busy,
}


def _honest(trial: Trial) -> Play:
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.prove()
    return True


def _repeated(trial: Trial) -> Play:
    """Every message arrives three times."""
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.prove()
    assert trial.last_proof is not None
    for _ in range(2):
        yield
        trial.say(trial.last_proof)
    return True


def _after_a_restart(trial: Trial) -> Play:
    trial.run()
    yield
    trial.lend_a_hand()
    trial.agent.restart()
    yield
    trial.prove()
    return True


def _stored_at_last(trial: Trial) -> Play:
    """The database does not answer, and the broker delivers the evidence again."""
    trial.run()
    yield
    trial.lend_a_hand()
    yield
    trial.room.lose(trial.prove, comes_again=True)
    return True


HONEST: dict[str, Fault] = {
    "honest": _honest,
    "repeated": _repeated,
    "after a restart": _after_a_restart,
    "stored at last": _stored_at_last,
}
"""Evidence that is complete, whatever happened on the way: else a hub that believes nothing would pass."""
