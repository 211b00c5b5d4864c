"""What people wait for leaves at once; what changes by itself rests."""

from medialab_agent.link.outbox import REPORT_REST_S, Outbox
from medialab_wire.reports import Presence, Report

SILENT = Report(dev="d", birth=0, seq=0, presence=Presence.SILENT)
THERE = Report(dev="d", birth=0, seq=0, name="Tab 1", volatile={"battery": 80})


def sent(outbox: Outbox, now: float) -> list[Report]:
    found: list[Report] = []

    def send(_topic: str, payload: bytes, _retain: bool) -> bool:
        found.append(Report.model_validate_json(payload))
        return True

    outbox.flush(now, send)
    return found


def with_battery(level: int) -> Report:
    return THERE.model_copy(update={"volatile": {"battery": level}})


def test_a_tablet_that_was_listed_before_it_answered_is_told_at_once() -> None:
    outbox = Outbox("a")
    outbox.report(SILENT, 0.0)
    assert [one.presence for one in sent(outbox, 0.0)] == [Presence.SILENT]
    outbox.report(THERE, 0.3)
    outbox.report(with_battery(79), 0.31)
    assert [one.volatile for one in sent(outbox, 0.31)] == [{"battery": 79}], "the newest word, and not later for it"


def test_chatter_rests_and_travels_with_the_next() -> None:
    outbox = Outbox("a")
    outbox.report(THERE, 0.0)
    sent(outbox, 0.0)
    for level in (79, 78, 77):
        outbox.report(with_battery(level), 0.1)
        assert sent(outbox, 0.1) == []
    assert [one.volatile for one in sent(outbox, REPORT_REST_S)] == [{"battery": 77}]


def test_a_device_that_comes_and_goes_all_the_time_does_not_flood_the_line() -> None:
    outbox = Outbox("a")
    told = 0
    for step in range(1000):
        outbox.report(THERE if step % 2 else SILENT, step / 100)
        told += len(sent(outbox, step / 100))
    assert told <= 2 * 10 + 1, "ten seconds"
