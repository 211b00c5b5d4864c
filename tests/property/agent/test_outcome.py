"""A reset is clean only when every demanded check was made and passed, by whoever must say so; hub and agent agree."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.runtime.outcome import claimed, with_ticks
from medialab_hub.domain.reset_policy import Evidence, judge
from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome
from medialab_wire.proof import completed, is_made, outcome_of
from medialab_wire.texts import Text

T = Text(de="x", en="x")
IDS = st.sampled_from(["a", "b", "c"])
KINDS = st.sampled_from(list(EvidenceKind))
SPECS = st.lists(st.builds(CheckSpec, id=IDS, title=st.just(T), kind=KINDS), unique_by=lambda s: s.id, max_size=3)
CHECKS = st.lists(
    st.builds(Check, id=IDS, title=st.just(T), kind=KINDS, result=st.sampled_from(list(CheckResult))), max_size=6
)


def level(specs: list[CheckSpec]) -> ResetLevel:
    return ResetLevel(id="l", title=T, erases=(T,), typical_s=1, checks=tuple(specs))


@given(SPECS, CHECKS, st.booleans())
def test_clean_means_every_demanded_check_passed(specs: list[CheckSpec], checks: list[Check], failed: bool) -> None:
    outcome = claimed(level(specs), checks, has_failed_step=failed)
    results = {check.result for check in checks}
    assert (outcome is Outcome.QUARANTINED) == (failed or CheckResult.FAILED in results)
    if outcome is Outcome.CLEAN:
        assert specs
        for spec in specs:
            made = [check for check in checks if check.id == spec.id]
            assert made
            assert all(check.result is CheckResult.PASSED for check in made)
            assert all(check.kind is spec.kind for check in made)


ENDS = st.sampled_from([status for status in ExecutionStatus if status.is_terminal])


@given(SPECS, CHECKS)
def test_the_hub_judges_as_the_agent_claims(specs: list[CheckSpec], checks: list[Check]) -> None:
    ticked = [check.model_copy(update={"by": "user-1"}) for check in checks]
    claim = claimed(level(specs), ticked)
    evidence = Evidence(ExecutionStatus.SUCCEEDED, (), ticked, claim, {(check.id, "user-1") for check in ticked})
    verdict = judge(level(specs), evidence)
    assert verdict.outcome is claim
    assert set(verdict.missing) == {s.id for s in specs if not is_made(s, ticked)} - set(verdict.failed)


@given(SPECS, CHECKS, st.booleans(), ENDS)
def test_the_hub_is_never_more_trusting_than_the_agent(
    specs: list[CheckSpec], checks: list[Check], failed: bool, end: ExecutionStatus
) -> None:
    claim = claimed(level(specs), checks, has_failed_step=failed)
    verdict = judge(level(specs), Evidence(end, (), checks, claim, {(check.id, "user-1") for check in checks}))
    assert verdict.outcome is not Outcome.CLEAN or claim is Outcome.CLEAN


@given(SPECS, st.data())
def test_neither_a_machine_nor_a_person_speaks_for_the_other(specs: list[CheckSpec], data: st.DataObject) -> None:
    full = [Check(id=s.id, title=T, kind=s.kind, result=CheckResult.PASSED) for s in specs]
    assert outcome_of(level(specs), full) is (Outcome.CLEAN if specs else Outcome.UNVERIFIED)
    for number, check in enumerate(full):
        other = next(kind for kind in EvidenceKind if kind is not check.kind)
        swapped = check.model_copy(update={"kind": other})
        beside = [check, swapped] if data.draw(st.booleans()) else [swapped]
        assert outcome_of(level(specs), [*full[:number], *beside, *full[number + 1 :]]) is Outcome.UNVERIFIED


@given(SPECS, CHECKS)
def test_completing_adds_unknowns_only_and_never_makes_cleaner(specs: list[CheckSpec], checks: list[Check]) -> None:
    full = completed(level(specs), checks)
    assert full[: len(checks)] == tuple(checks)
    assert all(check.result is CheckResult.UNKNOWN for check in full[len(checks) :])
    assert all(check.observed is not None for check in full[len(checks) :])
    assert all(check.observed == T for check in completed(level(specs), checks, T)[len(checks) :])
    assert {spec.id for spec in specs} <= {check.id for check in full}
    assert outcome_of(level(specs), full) is outcome_of(level(specs), checks)


@given(CHECKS, CHECKS)
def test_a_tick_replaces_nothing_but_unknowns(read_back: list[Check], ticks: list[Check]) -> None:
    merged = with_ticks(read_back, ticks)
    for check in read_back:
        if check.result is not CheckResult.UNKNOWN:
            assert check in merged
    assert all(tick in merged for tick in ticks)


def test_nothing_demanded_proves_nothing() -> None:
    assert outcome_of(level([]), []) is Outcome.UNVERIFIED
