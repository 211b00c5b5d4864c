"""What each agent has to do, as the message it gets; encoded executions are kept, for baselines are long."""

from collections.abc import Mapping

import orjson

from medialab_hub.domain import jobs as rules
from medialab_hub.storage import devices, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job
from medialab_wire.commands import Answer, Execution


class WorkReader:
    """The work of one agent. Every call reads it anew; one call at a time."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._encoded: dict[str, bytes] = {}

    def read(self, session: Session, acked: Mapping[str, int]) -> tuple[bytes, int]:
        """A `NextWork` behind its epoch and version, as JSON without the opening brace, and how many executions."""
        states = jobs.states_for_agent(session, self._agent)
        wanted = [key for key, state in states if rules.is_wanted(state)]
        self._encode(session, wanted)
        fields = {
            "cancel": [key for key, state in states if rules.is_called_off(state)],
            "answers": self._answers(session, wanted),
            "acked": acked,
        }
        executions = b",".join(self._encoded[key] for key in wanted)
        return b'"executions":[%s],%s' % (executions, orjson.dumps(fields)[1:]), len(wanted)

    def _encode(self, session: Session, wanted: list[str]) -> None:
        self._encoded = {key: self._encoded[key] for key in wanted if key in self._encoded}
        for job in jobs.many(session, [key for key in wanted if key not in self._encoded]):
            self._encoded[job.id] = _execution(session, job).encode()

    def _answers(self, session: Session, wanted: list[str]) -> dict[str, list[dict[str, object]]]:
        answers: dict[str, list[dict[str, object]]] = {}
        for row in jobs.answers_to(session, wanted):
            given = Answer(step=row.step, done=row.done, by=row.actor)  # the note stays here, where it can be erased
            answers.setdefault(row.job_id, []).append(given.model_dump())
        return answers

    def message(self, session: Session, epoch: str, version: int, acked: Mapping[str, int]) -> bytes:
        """The whole message."""
        return message(epoch, version, self.read(session, acked)[0])


def message(epoch: str, version: int, content: bytes) -> bytes:
    """A `NextWork` from its content."""
    return b'{"epoch":%s,"version":%d,%s' % (orjson.dumps(epoch), version, content)


def _execution(session: Session, job: Job) -> Execution:
    baseline = devices.baseline(session, job.baseline_id)
    return Execution(
        exec=job.id,
        job=job.id,
        dev=job.dev or "",
        action=job.action,
        level=job.level,
        params=job.params,
        baseline=None if baseline is None else baseline.snapshot,
        deadline_s=job.deadline_s,
        created=job.created_at,
    )
