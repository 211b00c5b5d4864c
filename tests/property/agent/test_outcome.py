"""A reset is clean only when every demanded check was made and passed, by whoever may say so."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.runtime.outcome import completed, outcome_of, with_ticks
from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome
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
    outcome = outcome_of(level(specs), checks, has_failed_step=failed)
    results = {check.result for check in checks}
    assert (outcome is Outcome.QUARANTINED) == (failed or CheckResult.FAILED in results)
    if outcome is Outcome.CLEAN:
        assert specs
        for spec in specs:
            made = [check for check in checks if check.id == spec.id]
            assert made
            assert all(check.result is CheckResult.PASSED for check in made)
            if spec.kind is EvidenceKind.MACHINE:
                assert any(check.kind is EvidenceKind.MACHINE for check in made)


@given(SPECS, CHECKS)
def test_completing_adds_unknowns_only_and_never_makes_cleaner(specs: list[CheckSpec], checks: list[Check]) -> None:
    full = completed(level(specs), checks)
    assert full[: len(checks)] == tuple(checks)
    assert all(check.result is CheckResult.UNKNOWN for check in full[len(checks) :])
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
