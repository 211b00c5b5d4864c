"""The people of the practice lab use what was prepared, leave devices at work alone, and tap “Allow”."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from medialab_agent.practice_lab.lab import by_connection
from medialab_agent.practice_lab.learners import Learners, Pace, roll_call
from medialab_agent.practice_lab.scenes import Scene, simulators_of
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.settings import BadSetting, from_env
from medialab_wire.progress import ExecutionReport, ExecutionStatus, Outcome, StepState, StepView
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

QUICK = Pace(first_s=0.02, again_s=0.04, consent_s=0.02)
NEVER = Pace(first_s=3600, again_s=3600, consent_s=3600)


@dataclass
class Box(Simulator):
    """Counts how often it was used and how often somebody said yes."""

    uses: int = 0
    consents: int = 0
    done_by_hand: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    def sighting(self) -> Sighting:
        return Sighting(source="box", key=self.serial)

    def soil(self) -> None:
        self.uses += 1

    def residue(self) -> Mapping[str, int]:
        return {"uses": self.uses}

    def consent(self) -> None:
        self.consents += 1

    def hands(self, step: str) -> bool:
        self.done_by_hand.append(step)
        return True


@asynccontextmanager
async def lab(folder: Path, box: Box, pace: Pace = QUICK) -> AsyncIterator[Learners]:
    learners = Learners({"d1": box}, pace, folder)
    learners.come()
    yield learners
    learners.go()


def report(status: str, exec_id: str = "x1", **more: object) -> ExecutionReport:
    said = {"exec": exec_id, "dev": "d1", "ver": 1, "status": ExecutionStatus(status), **more}
    return ExecutionReport.model_validate(said)


async def until(holds) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


def in_state(state: StepState, step: str = "format") -> tuple[StepView, ...]:
    return (StepView(id=step, title=Text.same("Formatieren"), state=state, begun=1),)


async def test_what_a_trainer_ticks_somebody_has_done_once(tmp_path: Path) -> None:
    box = Box("b")
    async with lab(tmp_path, box, NEVER) as learners:
        learners.hear(report("in_progress", steps=in_state(StepState.WAITING_PERSON)))
        assert box.done_by_hand == []
        for _ in range(2):
            learners.hear(report("in_progress", steps=in_state(StepState.DONE)))
        assert box.done_by_hand == ["format"]
        learners.hear(report("in_progress", steps=in_state(StepState.DONE, "by-machine")))
        learners.hear(report("in_progress", "x2", steps=in_state(StepState.WAITING_PERSON)))
        learners.hear(report("failed", "x2", steps=in_state(StepState.FAILED)))
    assert box.done_by_hand == ["format"]


async def test_what_was_never_prepared_is_not_used(tmp_path: Path) -> None:
    box = Box("b")
    async with lab(tmp_path, box) as learners:
        learners.hear(report("succeeded"))
        learners.hear(report("succeeded", outcome=Outcome.CLEAN))
        await asyncio.sleep(0.2)
    assert box.uses == 0


async def test_it_is_used_after_its_good_state_was_recorded_and_after_each_proven_reset(tmp_path: Path) -> None:
    box = Box("b")
    async with lab(tmp_path, box) as learners:
        learners.hear(report("succeeded", snapshot={}))
        await until(lambda: box.uses == 1)
        learners.hear(report("failed", "x2", outcome=Outcome.QUARANTINED))
        await asyncio.sleep(0.2)
        assert box.uses == 1, "what is dirty already is left alone"
        learners.hear(report("succeeded", "x3", outcome=Outcome.CLEAN))
        await until(lambda: box.uses == 2)


async def test_nobody_uses_a_device_at_work(tmp_path: Path) -> None:
    box = Box("b")
    async with lab(tmp_path, box) as learners:
        learners.hear(report("succeeded", snapshot={}))
        learners.hear(report("in_progress", "x2"))
        await asyncio.sleep(0.2)
        assert box.uses == 0
        learners.hear(report("succeeded", "x2", outcome=Outcome.CLEAN))
        await until(lambda: box.uses == 1)


async def test_what_was_prepared_before_the_lab_closed_is_used_when_it_opens_again(tmp_path: Path) -> None:
    async with lab(tmp_path, Box("b"), NEVER) as learners:
        learners.hear(report("succeeded", snapshot={}))
    box = Box("b")
    async with lab(tmp_path, box):
        await until(lambda: box.uses == 1)


async def test_somebody_says_yes_after_a_while_and_where_a_device_shows_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.practice_lab.learners._WALK_S", 0.01)
    patient, box = Box("a"), Box("b")
    async with lab(tmp_path, patient) as learners:
        await asyncio.sleep(0.1)
        assert patient.consents == 0, "before anybody ordered anything"
        learners.hear(report("queued"))
        await until(lambda: patient.consents == 1)
    async with lab(tmp_path, box, NEVER) as learners:
        shows = StepView(id="show", title=Text(de="zeigen", en="show"), begun=1)
        learners.hear(report("in_progress", steps=(shows,)))
        await until(lambda: box.consents == 1)


def test_every_simulated_device_of_the_drivers_has_a_connection_of_its_own() -> None:
    shelf = Shelf()
    scenes = [Scene(folder.id, simulators_of(folder), {}) for folder in shelf if folder.id == "android-adb"]
    assert len(by_connection(shelf, scenes)) == sum(len(scene.simulators) for scene in scenes) >= 20


def test_the_roll_call_names_who_misbehaves() -> None:
    line = roll_call({"d1": Box("good"), "d2": Box("bad", {Fault.HANG})})
    assert line == "2 simulated devices; faults to practise on: bad (hang)"


@pytest.mark.parametrize("text", ["1", "1,2", "1,2,x", "1,2,-3", "1,2,nan", "1,2,3,4"])
def test_a_wrong_pace_is_named(text: str) -> None:
    with pytest.raises(BadSetting, match="MEDIALAB_PRACTICE_PACE"):
        from_env({"MEDIALAB_PRACTICE_PACE": text}, "h")


def test_the_pace_is_read() -> None:
    assert Pace(*from_env({"MEDIALAB_PRACTICE_PACE": "1, 2.5,3"}, "h").practice) == Pace(1, 2.5, 3)
    assert Pace(*from_env({}, "h").practice) == Pace()
