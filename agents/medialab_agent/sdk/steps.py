"""What a driver is asked to do and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from medialab_wire.base import Scalar
from medialab_wire.reports import Access, Identity, Presence
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Probe:
    """Who the device is. `name` and all values are hostile input."""

    name: str
    kind: str
    identities: tuple[Identity, ...]
    access: Access = Access.OK
    help: Text | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """How the device is now. Keys are announced in the manifest; traces are counts, never content."""

    presence: Presence = Presence.PRESENT
    access: Access = Access.OK
    help: Text | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    volatile: Mapping[str, Scalar] = field(default_factory=dict)
    traces: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """What is wanted: `action` is `reset`, `find-me`, `record-baseline` or one of the manifest's actions."""

    exec: str
    action: str
    level: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    baseline: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Step:
    """One idempotent step of a plan. A step with `ask` waits for a person; it carries the words to show.

    `params` must survive JSON, for the plan is journaled before its first step begins.
    A step with a `check` id turns a person's tick into that check's evidence."""

    id: str
    title: Text
    ask: Text | None = None
    check: str | None = None
    deadline_s: float | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """A step ended well. `changed` is False when there was nothing to do."""

    changed: bool = True
    detail: Text | None = None


class Say(Protocol):
    """Report progress of the running step."""

    def __call__(self, part: float, words: Text | None = None, /) -> None:
        """`part` from 0.0 to 1.0; `words`: what the step waits for, until it says something else."""
