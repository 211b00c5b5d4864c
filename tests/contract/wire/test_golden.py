"""Messages that were once on the wire stay readable. Golden files are added (`Report.2.json`), never changed."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from medialab_wire.schema import message_models

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))
NEWEST = {
    name: max(GOLDEN.glob(f"{name}.*.json"), key=lambda f: int(f.stem.split(".")[1])) for name in message_models()
}


def _again(file: Path) -> tuple[object, object]:
    """What the file says, and what is left of it after one round through its model."""
    model = message_models()[file.name.split(".")[0]]
    message = model.model_validate_json(file.read_bytes())
    return json.loads(file.read_bytes()), json.loads(message.model_dump_json(exclude_none=True))


def _holds(old: object, new: object) -> bool:
    """True when everything of the old value that carries information stands in the new one."""
    match old, new:
        case dict(), dict():
            return all(_holds(value, new.get(key)) for key, value in old.items())
        case list(), list():
            return len(old) == len(new) and all(map(_holds, old, new))
        case _:
            return old == new


def test_every_message_has_a_golden_file() -> None:
    assert {file.name.split(".")[0] for file in FILES} == set(message_models())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_message_loses_nothing(file: Path) -> None:
    old, new = _again(file)
    assert _holds(old, new)


@pytest.mark.parametrize("name", sorted(message_models()))
def test_the_newest_golden_message_is_complete(name: str) -> None:
    old, new = _again(NEWEST[name])
    assert _holds(new, old), f"{name} has new fields: add {name}.{int(NEWEST[name].stem.split('.')[1]) + 1}.json"


def test_no_golden_file_was_changed() -> None:
    sums = dict(reversed(line.split()) for line in (GOLDEN / "SHA256SUMS").read_text().splitlines())
    assert {file.name: sha256(file.read_bytes()).hexdigest() for file in FILES} == sums
