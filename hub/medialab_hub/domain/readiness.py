"""May a device get this command now? The first obstacle decides, in words people understand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from medialab_hub.domain.jobs import BASELINE_ACTION, RESET_ACTION, WITHOUT_BASELINE
from medialab_wire.capabilities import DriverManifest, ResetLevel
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text

ALWAYS_KNOWN = frozenset({RESET_ACTION, *WITHOUT_BASELINE})
"""Actions of the driver SDK itself; a manifest may add others."""


@dataclass(frozen=True)
class Candidate:
    """A device as far as commands go. `manifest` None: nothing can command it."""

    device: str
    name: str
    is_adopted: bool = True
    is_retired: bool = False
    has_baseline: bool = True
    open_job: str | None = None
    taken_by: str | None = None
    """Kind of an allocation that forbids commands: maintenance, inspection, loan, workshop."""
    manifest: DriverManifest | None = None
    presence: Presence = Presence.PRESENT
    access: Access = Access.OK
    traces: Mapping[str, int] = field(default_factory=dict)
    """Counts of what people left behind."""


@dataclass(frozen=True)
class Obstacle:
    """Why not: a stable code and words."""

    code: str
    reason: Text


_NOT_ADOPTED = Obstacle(
    "not-adopted", Text(de="Das Gerät ist noch nicht aufgenommen.", en="The device has not been adopted yet.")
)
_RETIRED = Obstacle("retired", Text(de="Das Gerät ist ausgemustert.", en="The device is retired."))
_TAKEN = {
    "maintenance": Text(de="Das Gerät ist in Wartung.", en="The device is in maintenance."),
    "inspection": Text(de="Das Gerät wird gerade geprüft.", en="The device is being inspected."),
    "loan": Text(de="Das Gerät ist verliehen.", en="The device is on loan."),
    "workshop": Text(de="Das Gerät wird gerade in einem Workshop gebraucht.", en="The device is in use in a workshop."),
}
_NO_DRIVER = Obstacle(
    "no-driver",
    Text(
        de="Für dieses Gerät ist kein Treiber zuständig, es lässt sich nur ansehen.",
        en="No driver is in charge of this device; it can only be looked at.",
    ),
)
_ONLY_SEEN = Obstacle(
    "only-seen",
    Text(
        de="Dieses Gerät lässt sich auf diesem Weg nur sehen, nicht zurücksetzen.",
        en="This way the device can only be seen, not reset.",
    ),
)
_NO_BASELINE = Obstacle(
    "no-baseline",
    Text(
        de="Für das Gerät ist noch kein guter Zustand festgehalten.",
        en="No good state has been recorded for this device yet.",
    ),
)
_BUSY = Obstacle(
    "job-is-open", Text(de="An dem Gerät läuft schon ein Auftrag.", en="A job is already running on the device.")
)
_NOT_SEEN = Obstacle(
    "not-seen", Text(de="Das Gerät ist gerade nicht zu erreichen.", en="The device cannot be reached right now.")
)
_NO_ACCESS = Obstacle(
    "needs-person",
    Text(de="Das muss zuerst jemand am Gerät erlauben.", en="First somebody must allow it at the device."),
)
_ACCESS_MISSING = Obstacle(
    "needs-access",
    Text(de="Dafür muss zuerst der Zugang eingetragen werden.", en="For that the access has to be entered first."),
)
_NO_ACTION = Obstacle("no-such-action", Text(de="Das kann dieses Gerät nicht.", en="This device cannot do that."))
_NO_LEVEL = Obstacle(
    "no-such-level", Text(de="Diese Art des Zurücksetzens gibt es hier nicht.", en="There is no such reset level here.")
)


def obstacle(candidate: Candidate, action: str, level: str | None = None) -> Obstacle | None:
    """What forbids the command, or None. An unreachable device is no obstacle: its job waits and says why."""
    if candidate.is_retired:
        return _RETIRED
    if not candidate.is_adopted:
        return _NOT_ADOPTED
    if candidate.taken_by is not None and action == RESET_ACTION:
        return Obstacle(f"in-{candidate.taken_by}", _TAKEN[candidate.taken_by])
    if candidate.manifest is None:
        return _NO_DRIVER
    if (missing := _missing(candidate, candidate.manifest, action, level)) is not None:
        return missing
    return None if candidate.open_job is None else _BUSY


def _missing(candidate: Candidate, manifest: DriverManifest, action: str, level: str | None) -> Obstacle | None:
    if not manifest.levels and action in (RESET_ACTION, BASELINE_ACTION):
        return _ONLY_SEEN
    if not candidate.has_baseline and action not in WITHOUT_BASELINE:
        return _NO_BASELINE
    if action == RESET_ACTION:
        return None if chosen_level(manifest, level) is not None else _NO_LEVEL
    known = ALWAYS_KNOWN | {spec.id for spec in manifest.actions}
    return None if action in known else _NO_ACTION


def obstacle_now(candidate: Candidate, action: str, level: str | None = None) -> Obstacle | None:
    """Like `obstacle`, for many at once: what cannot be reached now is left out instead of waited for.

    Without a good state, what keeps people from recording one comes first."""
    found = obstacle(candidate, action, level)
    if found is not None and found is not _NO_BASELINE:
        return found
    if candidate.presence is not Presence.PRESENT:
        return _NOT_SEEN
    if candidate.access is Access.OK:
        return found
    is_asking = candidate.access is Access.NEEDS_PERSON and candidate.manifest is not None and candidate.manifest.access
    return _ACCESS_MISSING if is_asking else _NO_ACCESS


def chosen_level(manifest: DriverManifest, level: str | None) -> ResetLevel | None:
    """The asked reset level, else the manifest's default, else its first; None when there is no such level."""
    if level is not None:
        return manifest.level(level)
    if manifest.default_level is not None:
        return manifest.level(manifest.default_level)
    return manifest.levels[0] if manifest.levels else None


@dataclass(frozen=True)
class WouldReset:
    """A device the reset would touch, at this level, in about so many seconds, and what is on it now."""

    device: str
    name: str
    level: str
    typical_s: int
    traces: Mapping[str, int]


@dataclass(frozen=True)
class WouldSkip:
    """A device it would not touch."""

    device: str
    name: str
    obstacle: Obstacle


@dataclass(frozen=True)
class ResetPlan:
    """What a reset of many means. `typical_s` is the slowest one's, because devices are reset side by side."""

    touched: tuple[WouldReset, ...]
    untouched: tuple[WouldSkip, ...]
    erases: tuple[Text, ...]
    keeps: tuple[Text, ...]
    typical_s: int


def plan_resets(candidates: Iterable[Candidate], level: str | None) -> ResetPlan:
    """Every candidate is either touched or not, never both, never neither."""
    touched, untouched, levels = [], [], []
    for candidate in candidates:
        found = obstacle_now(candidate, RESET_ACTION, level)
        chosen = None if candidate.manifest is None else chosen_level(candidate.manifest, level)
        if found is not None or chosen is None:
            untouched.append(WouldSkip(candidate.device, candidate.name, found or _NO_LEVEL))
            continue
        touched.append(WouldReset(candidate.device, candidate.name, chosen.id, chosen.typical_s, candidate.traces))
        levels.append(chosen)
    return ResetPlan(
        tuple(touched),
        tuple(untouched),
        erases=tuple(dict.fromkeys(text for chosen in levels for text in chosen.erases)),
        keeps=tuple(dict.fromkeys(text for chosen in levels for text in chosen.keeps)),
        typical_s=max((entry.typical_s for entry in touched), default=0),
    )
