"""The exported documents say what the code says."""

import inspect
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from medialab_wire import topics
from medialab_wire.schema import CHANNELS, asyncapi, documents, json_schema, message_models

GENERATED = Path(__file__).parents[3] / "docs/generated"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema() | {"$ref": f"#/$defs/{name}"})


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_export_is_fresh(name: str) -> None:
    assert (GENERATED / name).read_text(encoding="utf-8") == documents()[name], "stale: run `make docs`"


def test_every_topic_has_a_channel() -> None:
    spelled = {topics.HUB}
    for name, spell in inspect.getmembers(topics, inspect.isfunction):
        if not name.startswith(("_", "parse_", "all_")) and spell.__module__ == topics.__name__:
            places = {"agent": "{agent}", "dev": "{dev}", "exec_id": "{exec}"}
            spelled.add(spell(*(places[p] for p in inspect.signature(spell).parameters)))
    assert {channel.address for channel in CHANNELS} == spelled


def test_the_direction_of_each_channel_is_that_of_its_topic() -> None:
    assert all(channel.hub_sends == ("/up/" not in channel.address) for channel in CHANNELS)


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: object = document
        for part in reference.split("/"):
            assert isinstance(place, dict)
            place = place[part]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_golden_messages_fit_the_json_schema(file: Path) -> None:
    _validator(file.name.split(".")[0]).validate(json.loads(file.read_bytes()))


@pytest.mark.parametrize("name", sorted(message_models()))
def test_the_json_schema_refuses_what_is_no_message(name: str) -> None:
    with pytest.raises(ValidationError):
        _validator(name).validate([])
