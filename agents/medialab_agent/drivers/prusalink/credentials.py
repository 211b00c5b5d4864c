"""How this computer proves to a printer who it is: a password, or a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from medialab_agent.drivers.prusalink.address import Place

DEFAULT_USER = "maker"
"""The user both PrusaLink and Buddy firmware come with."""


@dataclass(frozen=True)
class Credentials:
    """Exactly one of password and key is set."""

    user: str = DEFAULT_USER
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


def credentials_for(
    place: Place, settings: Mapping[str, str], access: Mapping[str, str] = MappingProxyType({})
) -> Credentials | None:
    """What was entered for this very printer, else `password_<place>`, `key_<place>` of the settings, and the same
    without a place for all printers; None: nothing is set.

    A password is preferred: by HTTP digest it never travels, while a key does, readable for everybody in between."""
    if password := access.get("password"):
        return Credentials(user=access.get("user") or DEFAULT_USER, password=password)
    for suffix in (*(f"_{name}" for name in place.names), ""):
        user = settings.get(f"user{suffix}") or settings.get("user") or DEFAULT_USER
        if password := settings.get(f"password{suffix}"):
            return Credentials(user=user, password=password)
        if key := settings.get(f"key{suffix}"):
            return Credentials(user=user, key=key)
    return None
