"""Printer profiles: what the machine is (size, nozzle, bed), brought back to the baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.sdk.patience import until
from medialab_agent.sdk.printer import no_baseline

_DERIVED = ("resource", "current", "default")
"""Fields OctoPrint adds to a profile; the first names the host."""


@dataclass(frozen=True)
class ProfileState:
    """All profiles, the one in use, and the one used after a restart."""

    profiles: Mapping[str, Mapping[str, Any]]
    selected: str
    default: str

    @classmethod
    def of(cls, answer: models.Profiles) -> "ProfileState":
        """As OctoPrint lists them."""
        found = answer.profiles
        stripped = {i: {k: v for k, v in p.items() if k not in _DERIVED} for i, p in found.items()}
        selected = next((i for i, p in found.items() if p.get("current")), "")
        return cls(stripped, selected, next((i for i, p in found.items() if p.get("default")), ""))

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "ProfileState":
        """Read back from a recorded baseline. Raises `Refused`."""
        try:
            wanted = baseline["profiles"]
            return cls(dict(wanted), str(baseline["selected"]), str(baseline["default"]))
        except (KeyError, TypeError, ValueError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "profiles": {i: dict(p) for i, p in self.profiles.items()},
            "selected": self.selected,
            "default": self.default,
        }

    @property
    def current(self) -> Mapping[str, Any]:
        """The profile in use."""
        return self.profiles.get(self.selected, {})


def differences(wanted: ProfileState, found: ProfileState) -> int:
    """How many profiles or choices differ."""
    ids = wanted.profiles.keys() | found.profiles.keys()
    return (
        sum(wanted.profiles.get(i) != found.profiles.get(i) for i in ids)
        + (wanted.selected != found.selected)
        + (wanted.default != found.default)
    )


async def read_profiles(client: Client) -> ProfileState:
    """The present state, read afresh."""
    return ProfileState.of(await client.read(models.Profiles, "/api/printerprofiles"))


async def restore_profiles(client: Client, wanted: ProfileState) -> None:
    """Change back, add again, select again, and last delete what the baseline does not have."""
    found = await read_profiles(client)
    for name, profile in wanted.profiles.items():
        if name not in found.profiles:
            await client.order("/api/printerprofiles", profile=dict(profile))
        elif found.profiles[name] != profile:
            await client.call("PATCH", _path(name), json={"profile": dict(profile)})
    if wanted.default and wanted.default != found.default:
        await client.call("PATCH", _path(wanted.default), json={"profile": {"default": True}})
    if wanted.selected and wanted.selected != found.selected:
        await _select(client, wanted.selected)
    for name in found.profiles.keys() - wanted.profiles.keys():
        await client.call("DELETE", _path(name), (204, 404))


def _path(name: str) -> str:
    return f"/api/printerprofiles/{quote(name, safe='')}"


async def _select(client: Client, name: str) -> None:
    # OctoPrint changes the profile in use only while connecting
    await client.order("/api/connection", command="disconnect")
    await client.order("/api/connection", command="connect", printerProfile=name)
    await until(client.printer)
