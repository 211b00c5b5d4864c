"""Words: the project speaks of itself alone, and to people in two languages."""

import re
import tomllib
from collections.abc import Iterator

from tests.house.tree import named, text, tracked

HERE = "tests/house/test_words.py"
LOCKS = {"uv.lock", "dashboard/package-lock.json"}
MACHINE_PATHS = [r"(?<![\w.])/work/", r"(?<![\w.])/root/", r"/opt/wheels", r"/opt/pypi", r"/tmp/brief"]
REGISTRIES = [r"pypi\.org", r"pythonhosted\.org", r"registry\.npmjs"]
STRANGERS = [r"\bClaude\b", r"\bAnthropic\b", r"\bChatGPT\b", r"\bLLMs?\b", r"\bAI\b"]


def _found(patterns: list[str], names: list[str]) -> list[str]:
    pattern = re.compile("|".join(patterns))
    return [f"{name}: {found.group()}" for name in names if name != HERE and (found := pattern.search(text(name)))]


def test_no_file_names_a_place_of_one_machine() -> None:
    assert not _found(MACHINE_PATHS, list(tracked()))


def test_no_file_names_a_package_registry() -> None:
    assert not _found(REGISTRIES, [name for name in tracked() if name not in LOCKS])


def test_no_file_speaks_of_its_tools_of_writing() -> None:
    assert not _found(STRANGERS, [name for name in tracked() if name not in LOCKS])


def _texts(node: object, path: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every table that holds a German or an English wording."""
    if isinstance(node, dict):
        if {"de", "en"} & node.keys():
            yield path, node
        for key, value in node.items():
            yield from _texts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, f"{path}[{index}]")


def test_every_text_in_a_data_file_is_german_and_english() -> None:
    incomplete = [
        f"{name}{path}"
        for name in named(".toml")
        if name.startswith(("hub/", "agents/", "firmware_scripts/"))
        for path, words in _texts(tomllib.loads(text(name)))
        if not all(isinstance(words.get(language), str) and str(words[language]).strip() for language in ("de", "en"))
    ]
    assert not incomplete
