"""Intervals, status, owners, states of agents, plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.allocation import Interval, is_free
from medialab_hub.domain.device_status import DeviceFacts, DeviceStatus, derive_status
from medialab_hub.domain.jobs import RESET_ACTION, WITHOUT_BASELINE
from medialab_hub.domain.ownership import Way, choose_owner
from medialab_hub.domain.presence import GONE, is_newer_state
from medialab_hub.domain.readiness import Candidate, obstacle, obstacle_now, plan_resets
from medialab_wire.capabilities import AccessSpec
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.progress import Outcome
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text
from tests.fixtures.lab_words import MANIFEST

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 12)


def span(start: int, length: int | None) -> Interval:
    return Interval(T0 + timedelta(hours=start), None if length is None else T0 + timedelta(hours=start + length))


SPANS = st.builds(span, HOURS, st.none() | st.integers(1, 6))


@given(SPANS, SPANS)
def test_two_intervals_overlap_when_they_share_a_moment(one: Interval, two: Interval) -> None:
    moments = [T0 + timedelta(minutes=30 * step) for step in range(60)]
    shared = any(one.contains(moment) and two.contains(moment) for moment in moments)
    assert one.overlaps(two) == two.overlaps(one) == shared
    assert is_free(one, [two]) != shared


def test_an_interval_is_never_empty() -> None:
    with pytest.raises(ValueError, match="empty"):
        Interval(T0, T0)


FACTS = st.builds(
    DeviceFacts,
    is_adopted=st.booleans(),
    is_retired=st.booleans(),
    presence=st.sampled_from(Presence),
    access=st.sampled_from(Access),
    has_baseline=st.booleans(),
    has_reset=st.booleans(),
    has_waiting_job=st.booleans(),
    is_quarantined=st.booleans(),
    is_in_maintenance=st.booleans(),
    outcome=st.sampled_from([None, *Outcome]),
    is_accepted=st.booleans(),
    traces=st.integers(0, 3),
    was_used=st.booleans(),
)


@given(FACTS)
def test_ready_means_ready(facts: DeviceFacts) -> None:
    status = derive_status(facts)
    if status is DeviceStatus.READY:
        assert facts.outcome is Outcome.CLEAN and facts.traces == 0 and not facts.was_used and facts.has_baseline
        assert facts.is_adopted and not facts.is_retired and facts.presence is Presence.PRESENT
        assert not (facts.is_quarantined or facts.is_in_maintenance or facts.has_reset or facts.has_waiting_job)
    if facts.is_quarantined and facts.is_adopted and not facts.is_retired:
        assert status not in {DeviceStatus.READY, DeviceStatus.USED, DeviceStatus.ACCEPTED}
    if status is DeviceStatus.ACCEPTED:
        assert facts.outcome is Outcome.UNVERIFIED and facts.is_accepted
    if status is DeviceStatus.SEEN:
        assert facts.access is Access.NONE and facts.outcome is None, "a proof stays one, seen from wherever"
        assert facts.traces == 0 and not facts.was_used


LOCKED = MANIFEST.model_copy(update={"access": (AccessSpec(key="password", title=Text(de="Wort", en="Word")),)})


@given(FACTS)
def test_what_is_entered_here_is_not_done_at_the_device(facts: DeviceFacts) -> None:
    asking = derive_status(replace(facts, asks_for_access=True))
    plain = derive_status(replace(facts, asks_for_access=False))
    assert (asking is DeviceStatus.NEEDS_ACCESS) == (plain is DeviceStatus.NEEDS_PERSON)
    assert asking is plain or asking is DeviceStatus.NEEDS_ACCESS
    for manifest, code in ((MANIFEST, "needs-person"), (LOCKED, "needs-access")):
        found = obstacle_now(Candidate("d", "D", manifest=manifest, access=Access.NEEDS_PERSON), RESET_ACTION)
        assert found is not None and found.code == code


WAYS = st.lists(
    st.builds(Way, st.sampled_from("abcd"), st.booleans(), st.sampled_from(Presence), st.sampled_from(Access)),
    unique_by=lambda way: way.connection,
)


@given(WAYS, st.sampled_from([None, *"abcd"]), st.booleans(), st.randoms())
def test_an_owner_can_command_and_does_not_flutter(ways, current, is_busy, chance) -> None:
    chosen = choose_owner(ways, current, is_busy)
    usable = {way.connection: way for way in ways if way.has_driver}
    assert (chosen is None) == (not usable)
    if chosen is None:
        return
    assert chosen in usable
    if current in usable and (is_busy or usable[current].rank == max(way.rank for way in usable.values())):
        assert chosen == current
    shuffled = list(ways)
    chance.shuffle(shuffled)
    assert choose_owner(shuffled, current, is_busy) == chosen
    assert choose_owner(ways, chosen, is_busy) == chosen


STATES = st.builds(
    AgentState,
    phase=st.sampled_from(AgentPhase),
    birth=st.integers(1, 4),
    boot=st.sampled_from(["x", "y"]),
    version=st.just("1"),
)


@given(STATES, STATES)
def test_a_late_will_never_ends_a_later_birth(known: AgentState, arrived: AgentState) -> None:
    if arrived.phase in GONE and arrived.birth < known.birth:
        assert not is_newer_state(known, arrived)
    if arrived.birth > known.birth:
        assert is_newer_state(known, arrived)
    if known.birth == arrived.birth and known.phase in GONE:
        assert not is_newer_state(known, arrived)


CANDIDATES = st.builds(
    Candidate,
    device=st.uuids().map(str),
    name=st.text(max_size=5),
    is_adopted=st.booleans(),
    is_retired=st.booleans(),
    has_baseline=st.booleans(),
    open_job=st.none() | st.just("job-1"),
    taken_by=st.sampled_from([None, "maintenance", "loan", "workshop", "inspection"]),
    manifest=st.sampled_from([None, MANIFEST]),
    presence=st.sampled_from(Presence),
    access=st.sampled_from(Access),
)


@given(st.lists(CANDIDATES, max_size=12), st.sampled_from([None, "tidy", "deep", "nonsense"]))
def test_a_plan_names_every_device_once(candidates, level) -> None:
    plan = plan_resets(candidates, level)
    named = [entry.device for entry in plan.touched] + [entry.device for entry in plan.untouched]
    assert sorted(named) == sorted(candidate.device for candidate in candidates)
    by_id = {candidate.device: candidate for candidate in candidates}
    for touched in plan.touched:
        assert obstacle_now(by_id[touched.device], RESET_ACTION, level) is None
    assert plan.typical_s == max((entry.typical_s for entry in plan.touched), default=0)


@given(CANDIDATES, st.sampled_from([RESET_ACTION, "beep", "fly", *WITHOUT_BASELINE]))
def test_no_command_without_adoption_or_baseline(candidate: Candidate, action: str) -> None:
    if obstacle(candidate, action) is None:
        assert candidate.is_adopted and not candidate.is_retired
        assert candidate.has_baseline or action in WITHOUT_BASELINE
        assert action != "fly"
        assert candidate.open_job is None
