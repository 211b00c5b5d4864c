"""The services of an iPad that are used: profiles and erasing, apps, restarting."""

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.apple_ios.troubles import garbled, refused
from medialab_agent.drivers.apple_ios.wire import PlistStream
from medialab_agent.sdk.trouble import Unreachable

PROFILES = "com.apple.mobile.MCInstall"
APPS = "com.apple.mobile.installation_proxy"
DIAGNOSTICS = "com.apple.mobile.diagnostics_relay"
MOST = 2_000
"""Apps or profiles that are read of one device."""
UNINSTALL_S = 120.0
"""Seconds removing one app may take."""


@dataclass(frozen=True)
class Profile:
    """A configuration profile: what the device needs to be told to remove it."""

    identifier: str
    uuid: str
    version: int
    is_fixed: bool
    """True when the device does not let a person remove it."""


@dataclass(frozen=True)
class App:
    """An app somebody installed."""

    identifier: str
    version: str


async def profiles(stream: PlistStream) -> tuple[Profile, ...]:
    """All profiles (message as in go-ios, ios/mcinstall)."""
    answer = await _acknowledged(stream, {"RequestType": "GetProfileList"})
    known, found = answer.get("OrderedIdentifiers"), answer.get("ProfileMetadata")
    if not isinstance(known, list) or not isinstance(found, dict):
        raise garbled("GetProfileList")
    return tuple(_profile(str(name)[:256], found.get(name)) for name in known[:MOST])


async def cloud_configuration(stream: PlistStream) -> dict[str, Any]:
    """How an organisation prepared the device; empty for a device of nobody's."""
    answer = await _acknowledged(stream, {"RequestType": "GetCloudConfiguration"})
    found = answer.get("CloudConfiguration", {})
    if not isinstance(found, dict):
        raise garbled("GetCloudConfiguration")
    return found


async def remove_profile(stream: PlistStream, profile: Profile) -> None:
    """Take one profile off. Raises `Refused`."""
    named = plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadIdentifier": profile.identifier,
            "PayloadUUID": profile.uuid,
            "PayloadVersion": profile.version,
        }
    )
    await _acknowledged(stream, {"RequestType": "RemoveProfile", "ProfileIdentifier": named})


async def erase(stream: PlistStream) -> None:
    """Erase everything; the device may be gone before it answers. Raises `Refused`."""
    try:
        await _acknowledged(
            stream, {"RequestType": "EraseDevice", "PreserveDataPlan": True, "DisallowProximitySetup": True}
        )
    except Unreachable:
        return


async def apps(stream: PlistStream) -> tuple[App, ...]:
    """Apps that were installed, without those the system brings (installation_proxy, command Browse)."""
    options = {
        "ApplicationType": "User",
        "ReturnAttributes": ["CFBundleIdentifier", "CFBundleShortVersionString"],
    }
    await stream.send({"Command": "Browse", "ClientOptions": options})
    found: dict[str, App] = {}
    while len(found) < MOST:
        answer = await stream.receive()
        if "Error" in answer:
            raise refused(str(answer["Error"])[:100])
        found |= {app.identifier: app for app in _apps(answer.get("CurrentList"))}
        if answer.get("Status") == "Complete":
            break
    return tuple(found.values())


async def uninstall(stream: PlistStream, app: str) -> None:
    """Remove one app with its data. Raises `Refused`."""
    await stream.send({"Command": "Uninstall", "ApplicationIdentifier": app})
    while True:
        answer = await stream.receive(UNINSTALL_S)
        if "Error" in answer:
            raise refused(f"Uninstall: {str(answer['Error'])[:80]}")
        if answer.get("Status") == "Complete":
            return


async def restart(stream: PlistStream) -> None:
    """Restart the device (diagnostics_relay)."""
    answer = await stream.ask({"Request": "Restart", "WaitForDisconnect": False})
    if answer.get("Status") != "Success":
        raise refused(f"Restart: {str(answer.get('Status'))[:80]}")


async def _acknowledged(stream: PlistStream, request: Mapping[str, Any]) -> dict[str, Any]:
    answer = await stream.ask(request)
    if answer.get("Status") != "Acknowledged":
        chain = answer.get("ErrorChain")
        first = chain[0] if isinstance(chain, list) and chain and isinstance(chain[0], dict) else {}
        raise refused(f"{request['RequestType']} {str(first.get('ErrorCode', ''))[:40]}".strip())
    return answer


def _profile(name: str, found: object) -> Profile:
    about = found if isinstance(found, dict) else {}
    version = about.get("PayloadVersion")
    return Profile(
        name,
        str(about.get("PayloadUUID", ""))[:64],
        version if isinstance(version, int) else 1,
        about.get("PayloadRemovalDisallowed") is True,
    )


def _apps(listed: object) -> list[App]:
    entries = listed if isinstance(listed, list) else []
    return [
        App(entry["CFBundleIdentifier"][:256], str(entry.get("CFBundleShortVersionString", ""))[:64])
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("CFBundleIdentifier"), str)
    ]
