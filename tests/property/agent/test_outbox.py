"""The outbox against a model: the last word of every topic arrives, unless it was acknowledged, whatever gets lost."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from medialab_agent.link.outbox import Outbox
from medialab_wire import topics
from medialab_wire.commands import AckReports
from medialab_wire.progress import ExecutionReport, ExecutionStatus
from medialab_wire.reports import Report

DEVS = st.sampled_from(["d-1", "d-2"])
EXECS = st.sampled_from(["x-1", "x-2"])


class Line(RuleBasedStateMachine):
    """A line that loses what it likes, and a hub that acknowledges what it likes of what arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox, self.now, self.birth = Outbox("a"), 0.0, 1
        self.outbox.born(1, 0.0, is_forgotten=True)
        self.names: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.heard: dict[str, Report] = {}
        self.heard_x: dict[str, int] = {}
        self.acked: dict[str, tuple[int, int]] = {}
        self.sent = 0

    @rule(dev=DEVS)
    def change(self, dev: str) -> None:
        self.names[dev] = f"n{len(self.names.get(dev, ''))}{self.now}"
        self.outbox.report(Report(dev=dev, birth=0, seq=0, name=self.names[dev]), self.now)

    @rule(exec_id=EXECS)
    def progress(self, exec_id: str) -> None:
        self.versions[exec_id] = self.versions.get(exec_id, 0) + 1
        report = ExecutionReport(
            exec=exec_id, dev="d-1", ver=self.versions[exec_id], status=ExecutionStatus.IN_PROGRESS
        )
        self.outbox.execution(report, self.now)

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 61.0]), loses=st.booleans(), refuses=st.booleans())
    def flush(self, seconds: float, loses: bool, refuses: bool) -> None:
        self.now += seconds
        self.outbox.flush(self.now, lambda topic, payload, _retain: self._send(topic, payload, loses, refuses))

    @rule(dev=DEVS)
    def acknowledge(self, dev: str) -> None:
        if dev in self.heard:
            report = self.heard[dev]
            self.acked[dev] = (report.birth, report.seq)
            self.outbox.acknowledged(AckReports(reports={dev: self.acked[dev]}))

    @rule(forgets=st.booleans())
    def reconnect(self, forgets: bool) -> None:
        self.birth += 1
        self.outbox.born(self.birth, self.now, is_forgotten=forgets)

    @invariant()
    def in_the_end_everything_arrives(self) -> None:
        """Tried on a copy of time only: after a minute of a good line, the hub knows the last word of everything."""
        for later in (0.0, 2.0, 61.0):
            self.now += later
            self.outbox.flush(self.now, lambda topic, payload, _retain: self._send(topic, payload, False, False))
        for dev, name in self.names.items():
            assert self.heard[dev].name == name
        assert self.heard_x == self.versions
        assert len(self.outbox._entries) <= len(self.names) + len(self.versions)

    def _send(self, topic: str, payload: bytes, loses: bool, refuses: bool) -> bool:
        if refuses:
            return False
        up = topics.parse_up(topic)
        if not loses and up is not None and up.subject is not None:
            if up.kind == "rep":
                self._hear(Report.model_validate_json(payload))
            else:
                report = ExecutionReport.model_validate_json(payload)
                self.heard_x[report.exec] = max(report.ver, self.heard_x.get(report.exec, 0))
        return True

    def _hear(self, report: Report) -> None:
        known = self.heard.get(report.dev)
        assert report.birth <= self.birth
        if known is None or (known.birth, known.seq) <= (report.birth, report.seq):
            self.heard[report.dev] = report
        else:
            assert (known.birth, known.seq) > (report.birth, report.seq)


TestLine = Line.TestCase
TestLine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_an_acknowledged_report_is_not_repeated_and_a_newer_one_is() -> None:
    outbox, sent = Outbox("a"), []

    def send(topic: str, payload: bytes, _retain: bool) -> bool:
        sent.append(Report.model_validate_json(payload))
        return True

    outbox.born(7, 0.0, is_forgotten=True)
    outbox.report(Report(dev="d", birth=0, seq=0, name="one"), 0.0)
    outbox.flush(0.0, send)
    assert [(r.birth, r.seq, r.name) for r in sent] == [(7, 1, "one")]
    outbox.acknowledged(AckReports(reports={"d": (7, 1)}))
    outbox.flush(1000.0, send)
    assert len(sent) == 1
    for name in ("two", "three", "four"):
        outbox.report(Report(dev="d", birth=0, seq=0, name=name), 1000.0)
    outbox.flush(1000.0, send)
    outbox.flush(1001.0, send)
    assert [(r.seq, r.name) for r in sent[1:]] == [(4, "four")]
    outbox.acknowledged(AckReports(reports={"d": (7, 3)}))
    outbox.flush(2000.0, send)
    assert len(sent) == 3
