"""Checklists as data: which questions a device class is asked, and in which words."""

import fnmatch
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medialab_wire.texts import Text

QUESTIONS = ("complete", "cleared", "works", "ready")
"""The checks of the level `checked`, in the order people walk through them."""


@dataclass(frozen=True)
class Checklist:
    """One class's questions. `patterns` are fnmatch on class ids."""

    patterns: tuple[str, ...]
    kind: str
    name: Text
    asks: Mapping[str, Text]

    def fits(self, device_class: str) -> bool:
        """Whether a device class is asked these questions."""
        return any(fnmatch.fnmatchcase(device_class, pattern) for pattern in self.patterns)


def checklist_of(device_class: str) -> Checklist:
    """The first list that fits; the last one fits everything."""
    return next(found for found in checklists() if found.fits(device_class))


@functools.cache
def checklists() -> tuple[Checklist, ...]:
    """All lists in the order of `lists.toml`."""
    data = tomllib.loads(Path(__file__).with_name("lists.toml").read_text(encoding="utf-8"))
    return tuple(
        Checklist(
            tuple(entry["class"]),
            entry["kind"],
            Text(**entry["name"]),
            {question: Text(**entry[question]) for question in QUESTIONS},
        )
        for entry in data["list"]
    )
