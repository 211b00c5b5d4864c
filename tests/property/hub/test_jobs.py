"""Jobs: versions only grow, an end is final, and a bad line changes nothing about the end."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from medialab_hub.domain import jobs
from medialab_hub.domain.jobs import JobState
from medialab_wire.progress import ExecutionStatus as Status

OPEN = [status for status in Status if not status.is_terminal]
ENDS = [status for status in Status if status.is_terminal]


class Life(RuleBasedStateMachine):
    """Hub, agent, timers and people do what they like with one job."""

    def __init__(self) -> None:
        super().__init__()
        self.state = JobState()
        self.ended: Status | None = None

    def go(self, state: JobState | None) -> None:
        if state is None:
            return
        assert state.ver >= self.state.ver
        assert state.is_released >= self.state.is_released
        assert state.is_cancel_wanted >= self.state.is_cancel_wanted
        if self.state.status.is_terminal:
            assert state.status is self.state.status, "an end is final"
        assert not (state.status is Status.QUEUED and self.state.status is not Status.QUEUED)
        self.state = state

    @rule()
    def release(self) -> None:
        self.go(jobs.release(self.state))

    @rule()
    def cancel(self) -> None:
        before = self.state
        self.go(jobs.cancel(before))
        if not before.is_released and not before.status.is_terminal:
            assert self.state.status is Status.CANCELED
            assert not jobs.is_wanted(self.state), "what was never handed out never is"

    @rule()
    def run_out(self) -> None:
        before = self.state.status
        self.go(jobs.run_out(self.state))
        assert (self.state.status is Status.WAITING_PERSON) == (before is Status.WAITING_PERSON)

    @rule(ver=st.integers(0, 12), status=st.sampled_from(list(Status)))
    def report(self, ver: int, status: Status) -> None:
        found = jobs.take_report(self.state, ver, status)
        if ver <= self.state.ver or not self.state.is_released:
            assert found is None
        self.go(found)

    @invariant()
    def nothing_is_both_over_and_wanted(self) -> None:
        assert not (self.state.status.is_terminal and jobs.is_wanted(self.state))
        if self.state.is_agent_done:
            assert self.state.status.is_terminal
            assert not jobs.is_called_off(self.state)
        if jobs.is_called_off(self.state):
            assert self.state.is_released


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25)


@given(st.lists(st.sampled_from(OPEN), max_size=8), st.sampled_from(ENDS), st.data())
def test_shuffled_doubled_and_lost_reports_end_in_the_same_state(course, end, data) -> None:
    reports = [(ver, status) for ver, status in enumerate([*course, end], start=1)]
    start = JobState(is_released=True)
    true = start
    for report in reports:
        true = jobs.take_report(true, *report) or true
    kept = data.draw(st.lists(st.sampled_from(reports), max_size=20))
    line = data.draw(st.permutations([*kept, reports[-1]]))
    state = start
    for report in line:
        state = jobs.take_report(state, *report) or state
    assert state == true
