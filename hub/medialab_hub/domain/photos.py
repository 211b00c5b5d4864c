"""Photos as evidence of a person's answer: how large, how many, how long, and what the record says of them; pure."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from medialab_hub.domain.jpeg import Picture, cleaned
from medialab_wire.capabilities import EvidenceKind, ResetLevel

LONGEST_SIDE = 1600
"""Pixels: enough to count the parts in a case."""
LARGEST = 1_000_000
"""Bytes of one file as it is sent."""
MOST_A_MINUTE = 12
"""Photos one account may send."""
MOST_OF_JOB = 40
DRAFTS_KEPT_FOR = timedelta(hours=24)
"""A photo that no answer named goes with its job, and after that time at the latest."""


@dataclass(frozen=True)
class Shot:
    """A photo that passed: the bytes to keep, and their checksum (SHA-256, hexadecimal)."""

    picture: Picture
    sha256: str


def developed(data: bytes) -> Shot:
    """The photo alone, without anything a camera or a stranger put beside it. Raises `jpeg.Refused`."""
    picture = cleaned(data, LONGEST_SIDE)
    return Shot(picture, hashlib.sha256(picture.data).hexdigest())


def wanting(level: ResetLevel | None, steps: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Ids of the steps whose answer is better with a photo, because their check says so."""
    checks = {spec.id for spec in level.checks if spec.photo} if level is not None else set()
    return frozenset(step["id"] for step in steps if step.get("ask") and step.get("check") in checks)


def with_evidence(
    steps: Sequence[Mapping[str, Any]], answered: Mapping[str, bool], wanted: Collection[str], photos: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The steps as the record keeps them: each that a person answered says so, and names its photo.

    `answered`: step and whether it was confirmed. `photos`: step and checksum. `wanted` without a photo: confirmed
    without one, which counts no less; who says that it cannot be done confirms nothing, and no photo is missed."""
    return [
        {**step, "evidence": _evidence(photos.get(step["id"]), answered[step["id"]] and step["id"] in wanted)}
        if step["id"] in answered
        else dict(step)
        for step in steps
    ]


def _evidence(photo: str | None, is_wanted: bool) -> dict[str, Any]:
    return {"kind": EvidenceKind.PERSON.value, "photo": photo, "photo_wanted": is_wanted}
