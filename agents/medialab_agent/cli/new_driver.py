"""`medialab-agent new-driver NAME`: a folder to start from, with its simulator and a green suite."""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

SUITE = "test_suite.py.txt"
"""In the template: the test to write beside the folder."""


class BadName(Exception):
    """A driver cannot be called that; the message says why."""


@dataclass(frozen=True)
class DriverName:
    """One name in the four spellings that occur: `toy_box`, `toy-box`, `ToyBox`, `Toy box`."""

    folder: str

    @classmethod
    def of(cls, text: str) -> "DriverName":
        """From whatever a person typed. Raises `BadName`."""
        folder = re.sub(r"[\s-]+", "_", text.strip().lower())
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", folder) or len(folder) > 40:
            raise BadName(f"{text!r}: letters, digits and hyphens, beginning with a letter, at most 40.")
        return cls(folder)

    def fill(self, text: str) -> str:
        """The template's text with this name in it."""
        words = self.folder.split("_")
        spellings = {
            "_template": self.folder,
            "toy_box": self.folder,
            "toy-box": "-".join(words),
            "ToyBox": "".join(word.capitalize() for word in words),
            "toyBox": "".join(word.capitalize() for word in words),
            "Toy boxes": f"{' '.join(words).capitalize()} devices",
            "toy boxes": f"{' '.join(words)} devices",
            "Toy box": " ".join(words).capitalize(),
            "toy box": " ".join(words),
        }
        for old, new in spellings.items():
            text = text.replace(old, new)
        return text


def template() -> Path:
    """The folder that is copied."""
    return Path(import_module("medialab_agent.drivers").__path__[0]) / "_template"


def scaffold(name: DriverName, drivers: Path, tests: Path) -> tuple[Path, ...]:
    """Write the new folder and its test; returns what was written. Raises `BadName` when it is there already."""
    target, suite = drivers / name.folder, tests / f"test_suite_{name.folder}.py"
    if target.exists() or suite.exists():
        raise BadName(f"{target if target.exists() else suite} is there already.")
    sources = {file: target / file.name for file in sorted(template().iterdir()) if file.is_file()}
    sources[template() / SUITE] = suite
    target.mkdir(parents=True)
    tests.mkdir(parents=True, exist_ok=True)
    for source, destination in sources.items():
        destination.write_text(name.fill(source.read_text(encoding="utf-8")), encoding="utf-8")
    return tuple(sources.values())
