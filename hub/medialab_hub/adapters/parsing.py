"""Turns a message of the wire into a model, or says what is wrong with it. Everything that arrives is hostile."""

from dataclasses import dataclass

from pydantic import ValidationError

from medialab_wire.presence import AgentState
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Event, Inventory, Report
from medialab_wire.topics import UpTopic, parse_up

Message = AgentState | Inventory | Report | Event | ExecutionReport

LARGEST = {"state": 16_384, "rep": 262_144, "ev": 65_536, "inv": 4_194_304, "x": 4_194_304}
"""Bytes of one payload, by kind of topic: inventories carry manifests, executions carry snapshots."""
LARGEST_NUMBER = 2**62
"""Counters above that do not fit a 64 bit column."""

_MODELS: dict[str, type[Message]] = {
    "state": AgentState,
    "inv": Inventory,
    "rep": Report,
    "ev": Event,
    "x": ExecutionReport,
}


@dataclass(frozen=True)
class Received:
    """A message that can be used."""

    topic: UpTopic
    message: Message


class Unusable(Exception):
    """The message says nothing this protocol knows; the text says why, without quoting more than a little of it."""


def parse(topic: str, payload: bytes) -> Received:
    """The message of a topic. Raises `Unusable`."""
    parsed = parse_up(topic)
    if parsed is None:
        raise Unusable("no topic of this protocol")
    if len(payload) > LARGEST[parsed.kind]:
        raise Unusable(f"{len(payload)} bytes are too many")
    try:
        message = _MODELS[parsed.kind].model_validate_json(_without_nul(payload))
    except ValidationError as error:
        raise Unusable("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()[:5])) from error
    _check(parsed, message)
    return Received(parsed, message)


def _without_nul(payload: bytes) -> bytes:
    """PostgreSQL stores no NUL in a text (https://www.postgresql.org/docs/current/datatype-json.html)."""
    return payload.replace(b"\\u0000", b"\\ufffd")


def _check(topic: UpTopic, message: Message) -> None:
    subject = message.exec if isinstance(message, ExecutionReport) else getattr(message, "dev", topic.subject)
    if subject != topic.subject:
        raise Unusable("the topic and the message speak of different things")
    counters = [getattr(message, name, 0) for name in ("birth", "seq", "ver")]
    if not all(0 <= counter <= LARGEST_NUMBER for counter in counters):
        raise Unusable("a counter is out of range")
