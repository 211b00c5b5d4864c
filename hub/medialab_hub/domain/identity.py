"""Who is who: which known device a connection belongs to. A doubt never merges; it is a question for a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from medialab_wire.reports import Identity, IdentityKind

MOST_CLAIMS = 16
"""More claims in one report than any honest device makes; the rest is ignored."""

RANK = {kind: rank for rank, kind in enumerate(IdentityKind)}
"""Strength of evidence: 0 is the strongest (order of `IdentityKind`)."""

_SINGLE = (IdentityKind.SERIAL, IdentityKind.UUID)
"""A device has one of these per scope, so two different values contradict each other. MACs and tags may be several."""

_FILLERS = frozenset(
    {
        "0123456789abcdef",  # Android's default ro.serialno on boards without one
        "1234567890abcdef",
        "0123456789",
        "123456789",
        "1234567890",
        "12345678",
        "123456",
        "unknown",
        "none",
        "null",
        "default",
        "default string",  # DMI filler of PC firmware
        "to be filled by o.e.m.",
        "system serial number",
        "not specified",
        "n/a",
    }
)
"""Values makers put where a serial number should be."""


class Claim(NamedTuple):
    """One comparable statement about who a device is."""

    kind: IdentityKind
    scope: str
    value: str


def claims_of(identities: Iterable[Identity]) -> frozenset[Claim]:
    """What can be used to recognise a device: compared in lower case, without places and without fillers."""
    usable = (claim for identity in list(identities)[:MOST_CLAIMS] if (claim := _claim(identity)) is not None)
    return frozenset(usable)


def _claim(identity: Identity) -> Claim | None:
    value = identity.value.strip().casefold()
    if identity.kind is IdentityKind.PLACE:
        return None
    if identity.kind is IdentityKind.MAC:
        value = value.replace("-", ":")
        return Claim(identity.kind, "", value) if _is_burnt_in(value) else None
    if value in _FILLERS or len(set(value)) < 2:
        return None
    return Claim(identity.kind, identity.scope.strip().casefold(), value)


def _is_burnt_in(mac: str) -> bool:
    """False for group addresses and for locally administered ones (IEEE 802, bits 0 and 1 of the first octet),
    which phones change at will."""
    octets = mac.split(":")
    try:
        numbers = [int(octet, 16) for octet in octets]
    except ValueError:
        return False
    return len(numbers) == 6 and any(numbers) and numbers[0] & 0b11 == 0


@dataclass(frozen=True)
class Known:
    """A device that shares a claim with the report, or that the connection belongs to so far.

    `is_elsewhere`: at this moment it is plugged in by a cable at another connection that is a cable too."""

    device: str
    claims: frozenset[Claim]
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Resolution:
    """`device` None: a new one. `rivals` may be the same device; a person decides."""

    device: str | None
    rivals: tuple[str, ...] = ()


def resolve(claims: frozenset[Claim], known: Sequence[Known], bound: str | None = None) -> Resolution:
    """The device of a connection that makes these claims; `bound` is the device it belonged to so far.

    A connection stays with its device unless its claims contradict it. Otherwise it joins a device only when
    exactly one shares a claim, nothing as strong contradicts, and it is not plugged in elsewhere at the same time."""
    home = next((entry for entry in known if entry.device == bound), None)
    others = [entry for entry in known if entry.device != bound and entry.claims & claims]
    if home is not None and not contradicts(claims, home.claims):
        return Resolution(home.device, _names(others))
    if len(others) == 1 and not others[0].is_elsewhere and not contradicts(claims, others[0].claims):
        return Resolution(others[0].device)
    return Resolution(None, _names(others))


def contradicts(claims: frozenset[Claim], known: frozenset[Claim]) -> bool:
    """True when a kind stronger than every shared one has different values in the same scope."""
    strongest_shared = min((RANK[claim.kind] for claim in claims & known), default=len(RANK))
    return any(
        RANK[kind] < strongest_shared and _differ(_values(claims, kind), _values(known, kind)) for kind in _SINGLE
    )


def _values(claims: frozenset[Claim], kind: IdentityKind) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for claim in claims:
        if claim.kind is kind:
            values.setdefault(claim.scope, set()).add(claim.value)
    return values


def _differ(left: dict[str, set[str]], right: dict[str, set[str]]) -> bool:
    return any(not left[scope] & right[scope] for scope in left.keys() & right.keys())


def _names(entries: Iterable[Known]) -> tuple[str, ...]:
    return tuple(sorted(entry.device for entry in entries))
