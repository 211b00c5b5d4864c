"""Whatever arrives, decoding ends in a message or in a ValidationError, and topics are read back as written."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from medialab_wire import topics
from medialab_wire.commands import Ask
from medialab_wire.reports import Event
from medialab_wire.schema import message_models

MODELS = sorted(message_models().items())
FIELDS = sorted({field for _, model in MODELS for field in model.model_fields})
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | IDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS) | st.text(), VALUES, max_size=12)


@pytest.mark.parametrize("model", [model for _, model in MODELS], ids=[name for name, _ in MODELS])
@given(raw=st.binary() | OBJECTS.map(lambda body: json.dumps(body).encode()))
def test_decoding_raises_only_validation_errors(model: type[BaseModel], raw: bytes) -> None:
    with suppress(ValidationError):
        model.model_validate_json(raw)


@given(raw=st.binary() | OBJECTS.map(lambda body: json.dumps(body).encode()))
def test_a_question_of_unknown_kind_is_a_validation_error(raw: bytes) -> None:
    with suppress(ValidationError):
        TypeAdapter(Ask).validate_json(raw)


@pytest.mark.parametrize("name", [name for name, _ in MODELS])
def test_rubbish_is_refused(name: str) -> None:
    for raw in (b"", b"null", b"[]", b"\xff\xfe", b'{"dev": ', b"[" * 100_000, b'{"online": ' + b"9" * 10_000):
        with pytest.raises(ValidationError):
            message_models()[name].model_validate_json(raw)


def test_an_id_cannot_leave_its_topic_level() -> None:
    for bad in ("../x", "a/b", "+", "#", "", "Ä", "a" * 64, "-a", "a\n"):
        with pytest.raises(ValidationError):
            Event(dev=bad, boot="b", seq=1, kind="k")


@given(agent=IDS, subject=IDS)
def test_upward_topics_are_read_back_as_written(agent: str, subject: str) -> None:
    up = topics.UpTopic
    assert topics.parse_up(topics.state(agent)) == up(agent, "state")
    assert topics.parse_up(topics.inventory(agent)) == up(agent, "inv")
    assert topics.parse_up(topics.report(agent, subject)) == up(agent, "rep", subject)
    assert topics.parse_up(topics.event(agent, subject)) == up(agent, "ev", subject)
    assert topics.parse_up(topics.execution(agent, subject)) == up(agent, "x", subject)


@given(agent=IDS)
def test_downward_topics_are_no_upward_topics(agent: str) -> None:
    for topic in (topics.HUB, topics.config(agent), topics.next_work(agent), topics.ask(agent)):
        assert topics.parse_up(topic) is None


@given(topic=st.text() | st.lists(st.sampled_from(["ml", "1", "a", "up", "d", "x", "rep", "", "#", "+"])).map("/".join))
def test_any_other_topic_is_none_or_well_formed(topic: str) -> None:
    parsed = topics.parse_up(topic)
    assert parsed is None or parsed.kind in {"state", "inv", "rep", "ev", "x"}
