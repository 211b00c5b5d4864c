"""What a driver can do, announced as data: the manifest that hub and dashboard draw themselves from."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from medialab_wire.base import WireId, WireModel
from medialab_wire.sealed import AccessKey
from medialab_wire.texts import Text


class EvidenceKind(StrEnum):
    """Who says so: a machine read it back, or a person ticked it."""

    MACHINE = "machine"
    PERSON = "person"


class Quality(StrEnum):
    """How far a driver may be trusted; the criteria are in docs/drivers.md."""

    SEEN = "seen"
    MANAGED = "managed"
    PROVEN = "proven"
    TRUSTED = "trusted"


class Matcher(WireModel):
    """One alternative: every key of `where` must match the sighting's fact (fnmatch, case-insensitive).

    More keys win; equal scores of two drivers ask a person. `exclude` rules a sighting out."""

    source: str
    where: dict[str, str] = {}
    exclude: dict[str, str] = {}


class CheckSpec(WireModel):
    """A check a reset level demands before a device may read `clean`."""

    id: WireId
    title: Text
    kind: EvidenceKind = EvidenceKind.MACHINE
    photo: bool = False
    """A photo makes a person's answer to it better; never demanded, and never in place of the answer."""


class ResetLevel(WireModel):
    """One rung of the reset ladder: what it erases, what it keeps, how long it takes, what proves it."""

    id: WireId
    title: Text
    erases: tuple[Text, ...]
    keeps: tuple[Text, ...] = ()
    typical_s: int = Field(ge=0)
    checks: tuple[CheckSpec, ...]
    needs_baseline: bool = True


class ActionSpec(WireModel):
    """Something else a person can ask of a device, such as `find-me` or `pair`."""

    id: WireId
    title: Text
    help: Text | None = None


class FactSpec(WireModel):
    """A reported value: its label, its unit, and whether it changes so often that it is not worth a journal line."""

    key: str
    title: Text
    unit: str = ""
    volatile: bool = False
    trace: bool = False
    """True for a count of what people leave behind (never content)."""


class SettingSpec(WireModel):
    """A value that can be set and read back."""

    key: str
    title: Text
    kind: str = "text"


def _usable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError("not a pattern") from error
    return pattern


AccessPattern = Annotated[
    str,
    StringConstraints(pattern=r"^\[([0-9A-Za-z!~]-[0-9A-Za-z!~]){1,4}\]\{[0-9]{1,3},[0-9]{1,3}\}$"),
    AfterValidator(_usable),
]
"""Which characters it has and how many, such as `[0-9a-f]{32,32}`: an expression that takes no time to try."""


class AccessSpec(WireModel):
    """Something only people know that one device asks for before it lets us in, such as its password.

    A person types it in the dashboard; it travels and is stored sealed, and nobody ever reads it back."""

    key: AccessKey
    title: Text
    where: Text | None = None
    """Where it stands on the device."""
    optional: bool = False
    pattern: AccessPattern | None = None
    """What all of it has to look like; without one, anything that can be typed."""
    pattern_help: Text | None = None
    """The same in words."""


class Needs(WireModel):
    """What a driver needs on its machine; doctor, Makefile and playbook are generated from it."""

    debian: tuple[str, ...] = ()
    python: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}==[0-9.]{1,20}$")], ...] = ()
    """Programs from PyPI, each the name of its command and its exact version; they get an environment of their own."""
    tools: tuple[str, ...] = ()
    udev_rules: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class DriverManifest(WireModel):
    """A driver's `manifest.toml`, validated. Announced by the agent in its inventory."""

    id: WireId
    name: Text
    version: str
    quality: Quality
    device_kinds: tuple[str, ...] = ()
    """Kinds for icons and lists: `tablet`, `headset`, `printer`, `robot`, `board`, …"""
    by_hand: bool = False
    """Its devices cannot be found: people enter them, and each gets an address such as `<id>://<class>.<number>`."""
    matchers: tuple[Matcher, ...] = ()
    levels: tuple[ResetLevel, ...] = ()
    default_level: WireId | None = None
    actions: tuple[ActionSpec, ...] = ()
    facts: tuple[FactSpec, ...] = ()
    settings: tuple[SettingSpec, ...] = ()
    access: tuple[AccessSpec, ...] = ()
    needs: Needs = Needs()

    def level(self, level_id: str) -> ResetLevel | None:
        """The reset level of that id, or None."""
        return next((level for level in self.levels if level.id == level_id), None)
