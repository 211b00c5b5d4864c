"""The services of a simulated iPad: profiles and erasing, apps, restarting."""

import plistlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from medialab_agent.drivers.apple_ios.services import APPS, DIAGNOSTICS, PROFILES
from medialab_agent.drivers.apple_ios.simulated.state import IPadState, SimProfile
from medialab_agent.drivers.apple_ios.simulated.stream import DeviceStream

ACKNOWLEDGED = {"Status": "Acknowledged"}
_PART = 20
"""Apps in one part of a list; real devices send lists in parts as well."""


class House(Protocol):
    """What services need of the iPad they belong to."""

    @property
    def state(self) -> IPadState:
        """What it holds."""

    @property
    def refuses(self) -> bool:
        """Whether it refuses to be erased."""

    async def answer(self, stream: DeviceStream, message: Mapping[str, Any]) -> None:
        """Answer, or misbehave."""

    async def about_to_change(self) -> None:
        """Something is going to change; a dying device dies now."""

    async def erase(self) -> None:
        """Erase and restart."""

    async def restart(self) -> None:
        """Restart."""

    def note(self, verb: str, subject: str = "") -> None:
        """Something was done to it."""


async def profiles(house: House, stream: DeviceStream) -> None:
    """com.apple.mobile.MCInstall"""
    while True:
        request = await stream.receive()
        kind = request.get("RequestType")
        if kind == "EraseDevice" and not house.refuses:
            await house.about_to_change()
            await house.answer(stream, ACKNOWLEDGED)
            await house.erase()
            return
        await house.answer(stream, await _profile_answer(house, kind, request))


async def _profile_answer(house: House, kind: object, request: Mapping[str, Any]) -> Mapping[str, Any]:
    if kind == "GetCloudConfiguration":
        return {**ACKNOWLEDGED, "CloudConfiguration": house.state.cloud}
    if kind == "GetProfileList":
        return {**ACKNOWLEDGED, **_listed(house.state.profiles)}
    if kind == "RemoveProfile":
        return await _remove(house, request)
    if kind in ("HelloHostIdentifier", "Flush"):
        return ACKNOWLEDGED
    return {"Status": "Error", "ErrorChain": [{"ErrorCode": 14000, "ErrorDomain": "MCInstallationErrorDomain"}]}


async def _remove(house: House, request: Mapping[str, Any]) -> Mapping[str, Any]:
    named = plistlib.loads(request["ProfileIdentifier"])
    profile = house.state.profiles.get(named["PayloadIdentifier"])
    if profile is None or profile.is_fixed or profile.uuid != named["PayloadUUID"]:
        return {"Status": "Error", "ErrorChain": [{"ErrorCode": 12008}]}
    await house.about_to_change()
    del house.state.profiles[named["PayloadIdentifier"]]
    house.note("remove-profile", named["PayloadIdentifier"])
    return ACKNOWLEDGED


def _listed(profiles: Mapping[str, SimProfile]) -> dict[str, Any]:
    return {
        "OrderedIdentifiers": list(profiles),
        "ProfileManifest": {name: {"Description": name, "IsActive": True} for name in profiles},
        "ProfileMetadata": {
            name: {
                "PayloadDisplayName": name,
                "PayloadRemovalDisallowed": profile.is_fixed,
                "PayloadUUID": profile.uuid,
                "PayloadVersion": 1,
            }
            for name, profile in profiles.items()
        },
    }


async def apps(house: House, stream: DeviceStream) -> None:
    """com.apple.mobile.installation_proxy"""
    while True:
        request = await stream.receive()
        command = request.get("Command")
        if command == "Browse":
            await _browse(house, stream)
        elif command == "Uninstall":
            await _uninstall(house, stream, str(request.get("ApplicationIdentifier")))
        else:
            await house.answer(stream, {"Error": "UnknownCommand"})


async def _browse(house: House, stream: DeviceStream) -> None:
    listed = [
        {
            "ApplicationType": "User",
            "CFBundleDisplayName": name.rpartition(".")[2],
            "CFBundleIdentifier": name,
            "CFBundleShortVersionString": version,
            "CFBundleVersion": version,
        }
        for name, version in house.state.apps.items()
    ]
    for start in range(0, len(listed), _PART):
        part = listed[start : start + _PART]
        message = {"Status": "BrowsingApplications", "CurrentIndex": start, "CurrentAmount": len(part)}
        await house.answer(stream, {**message, "CurrentList": part, "Total": len(listed)})
    await house.answer(stream, {"Status": "Complete"})


async def _uninstall(house: House, stream: DeviceStream, name: str) -> None:
    await house.about_to_change()
    if house.refuses:
        await house.answer(stream, {"Error": "ApplicationVerificationFailed"})
        return
    await house.answer(stream, {"Status": "RemovingApplication", "PercentComplete": 50})
    if house.state.apps.pop(name, None) is not None:
        house.note("uninstall", name)
    await house.answer(stream, {"Status": "Complete"})


async def diagnostics(house: House, stream: DeviceStream) -> None:
    """com.apple.mobile.diagnostics_relay"""
    while True:
        request = await stream.receive()
        kind = request.get("Request")
        if kind == "Restart":
            await house.answer(stream, {"Status": "Success"})
            await house.restart()
            return
        known = kind in ("Goodbye", "Sleep", "Shutdown")
        await house.answer(stream, {"Status": "Success" if known else "UnknownRequest"})


ROOMS: Mapping[str, Callable[[House, DeviceStream], Awaitable[None]]] = {
    PROFILES: profiles,
    APPS: apps,
    DIAGNOSTICS: diagnostics,
}
"""Service → what answers there."""
