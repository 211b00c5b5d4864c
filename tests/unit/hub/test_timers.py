"""Timers on a clock that only grows."""

from dataclasses import replace

from medialab_hub.services.projection import JobTimer
from medialab_hub.workers.scheduler import LONGEST_GRACE_S, LONGEST_QUEUE_S, RETRY_S, SLACK_S, Timers
from medialab_wire.progress import ExecutionStatus as Status

FRESH = JobTimer("job-1", Status.QUEUED, 0, False, grace_s=5, queued_s=3600, deadline_s=100)
HANDED_OUT = replace(FRESH, is_released=True)
RUNNING = replace(HANDED_OUT, status=Status.IN_PROGRESS, ver=1)


def timers(timer: JobTimer, now: float = 1000) -> Timers:
    made = Timers()
    made.put(timer, now)
    return made


def test_the_grace_time_ends_once_and_is_tried_again_until_it_is_heard() -> None:
    made = timers(FRESH)
    assert made.due(1004.9) == ([], [])
    assert made.due(1005) == (["job-1"], [])
    assert made.due(1005.1) == ([], [])
    assert made.due(1005 + RETRY_S) == (["job-1"], [])
    made.put(HANDED_OUT, 1010)
    assert made.due(1100) == ([], [])


def test_a_wall_clock_that_jumped_makes_no_wait_longer_or_endless() -> None:
    assert timers(replace(FRESH, grace_s=1e9)).next_due() == 1000 + LONGEST_GRACE_S
    assert timers(replace(FRESH, grace_s=-1e9)).next_due() == 1000
    assert timers(replace(HANDED_OUT, queued_s=1e9)).next_due() == 1000 + LONGEST_QUEUE_S
    assert timers(replace(HANDED_OUT, queued_s=-1e9)).next_due() == 1000 + SLACK_S, "never at once"


def test_repeating_the_same_state_does_not_prolong_a_wait() -> None:
    made = timers(HANDED_OUT)
    made.put(replace(HANDED_OUT, queued_s=9e9), 4000)
    assert made.next_due() == 1000 + 3600


def test_a_run_times_out_only_without_news() -> None:
    made = timers(RUNNING)
    made.saw("job-1", 1090)
    assert made.due(1100 + SLACK_S) == ([], [])
    made.put(replace(RUNNING, ver=2), 1150)
    assert made.next_due() == 1150 + 100 + SLACK_S
    assert made.due(1150 + 100 + SLACK_S) == ([], ["job-1"])


def test_a_person_is_waited_for_and_an_end_needs_no_timer() -> None:
    made = timers(replace(RUNNING, status=Status.WAITING_PERSON))
    assert made.next_due() is None
    made.put(RUNNING, 1000)
    made.drop("job-1")
    assert made.next_due() is None
