"""Reset policy: never clean by default."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.reset_policy import Evidence, judge, was_touched
from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome, StepView
from tests.fixtures.lab_words import text

IDS = st.sampled_from(["a", "b", "c"])
KIND = st.sampled_from(EvidenceKind)
PEOPLE = st.sampled_from(["", "user-1", "user-2"])
SPECS = st.lists(st.builds(CheckSpec, id=IDS, title=st.just(text("t")), kind=KIND), unique_by=lambda s: s.id)
LEVELS = SPECS.map(lambda specs: ResetLevel(id="l", title=text("l"), erases=(), typical_s=1, checks=tuple(specs)))
CHECKS = st.lists(
    st.builds(Check, id=IDS, title=st.just(text("t")), kind=KIND, result=st.sampled_from(CheckResult), by=PEOPLE)
)
STEPS = st.lists(st.builds(StepView, id=IDS, title=st.just(text("s")), begun=st.integers(0, 2)), max_size=2)
EVIDENCE = st.builds(
    Evidence,
    status=st.sampled_from([status for status in ExecutionStatus if status.is_terminal]),
    steps=STEPS,
    checks=CHECKS,
    claimed=st.sampled_from([None, *Outcome]),
    ticks=st.frozensets(st.tuples(IDS, PEOPLE)),
)


@given(st.none() | LEVELS, EVIDENCE)
def test_clean_means_every_demanded_check_was_made_and_passed(level, evidence: Evidence) -> None:
    verdict = judge(level, evidence)
    if verdict.outcome is not Outcome.CLEAN:
        return
    assert level is not None and level.checks
    assert evidence.status is ExecutionStatus.SUCCEEDED
    assert evidence.claimed is Outcome.CLEAN
    assert all(check.result is not CheckResult.FAILED for check in evidence.checks)
    for spec in level.checks:
        made = [check for check in evidence.checks if check.id == spec.id]
        assert made and all(check.result is CheckResult.PASSED and check.kind is spec.kind for check in made)
        if spec.kind is EvidenceKind.PERSON:
            assert all((check.id, check.by) in evidence.ticks for check in made)


@given(st.none() | LEVELS, EVIDENCE)
def test_a_failed_check_always_quarantines(level, evidence: Evidence) -> None:
    if any(check.result is CheckResult.FAILED for check in evidence.checks):
        assert judge(level, evidence).outcome is Outcome.QUARANTINED


@given(st.none() | LEVELS, EVIDENCE)
def test_no_outcome_only_when_nothing_was_proven_nor_touched(level, evidence: Evidence) -> None:
    verdict = judge(level, evidence)
    if verdict.outcome is None:
        assert evidence.status in {ExecutionStatus.REJECTED, ExecutionStatus.EXPIRED, ExecutionStatus.CANCELED}
        assert evidence.status is not ExecutionStatus.CANCELED or not was_touched(evidence.steps)


@given(LEVELS, EVIDENCE)
def test_the_agent_can_only_make_it_worse(level, evidence: Evidence) -> None:
    order = [Outcome.CLEAN, Outcome.UNVERIFIED, Outcome.QUARANTINED]
    verdict = judge(level, evidence).outcome
    if evidence.status is ExecutionStatus.SUCCEEDED:
        assert verdict is not None
        assert order.index(verdict) >= order.index(evidence.claimed or Outcome.UNVERIFIED)


LEVEL = ResetLevel(
    id="l",
    title=text("l"),
    erases=(),
    typical_s=1,
    checks=(CheckSpec(id="a", title=text("a")), CheckSpec(id="b", title=text("b"), kind=EvidenceKind.PERSON)),
)
BY_MACHINE = Check(id="a", title=text("a"), result=CheckResult.PASSED)
BY_PERSON = Check(id="b", title=text("b"), kind=EvidenceKind.PERSON, result=CheckResult.PASSED, by="user-1")
HONEST = Evidence(ExecutionStatus.SUCCEEDED, (), (BY_MACHINE, BY_PERSON), Outcome.CLEAN, {("b", "user-1")})
EMPTY = LEVEL.model_copy(update={"checks": ()})


def test_an_honest_reset_is_clean() -> None:
    assert judge(LEVEL, HONEST).outcome is Outcome.CLEAN


@pytest.mark.parametrize(
    ("level", "flaw"),
    [
        (None, {}),
        (EMPTY, {}),
        (LEVEL, {"claimed": None}),
        (LEVEL, {"claimed": Outcome.UNVERIFIED}),
        (LEVEL, {"ticks": frozenset()}),
        (LEVEL, {"ticks": {("b", "user-2")}}),
        (LEVEL, {"ticks": {("a", "user-1")}}),
        (LEVEL, {"checks": (BY_MACHINE,)}),
        (LEVEL, {"checks": (BY_PERSON,)}),
        (LEVEL, {"checks": (BY_MACHINE.model_copy(update={"kind": EvidenceKind.PERSON, "by": "user-1"}), BY_PERSON)}),
        (LEVEL, {"checks": (BY_MACHINE.model_copy(update={"result": CheckResult.UNKNOWN}), BY_PERSON)}),
        (LEVEL, {"checks": (BY_MACHINE, BY_MACHINE.model_copy(update={"result": CheckResult.UNKNOWN}), BY_PERSON)}),
    ],
)
def test_one_flaw_makes_an_honest_reset_unverified(level: ResetLevel | None, flaw: dict) -> None:
    assert judge(level, replace(HONEST, **flaw)).outcome is Outcome.UNVERIFIED
