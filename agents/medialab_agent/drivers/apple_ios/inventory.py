"""One reading of an iPad: what it says of itself, its profiles and its apps."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.apple_ios import services
from medialab_agent.drivers.apple_ios.device import IPad, Session
from medialab_agent.drivers.apple_ios.services import App, Profile
from medialab_agent.drivers.apple_ios.troubles import NotTrusted
from medialab_agent.sdk.trouble import NeedsPerson, Refused

BATTERY, DISK = "com.apple.mobile.battery", "com.apple.disk_usage"
FIND_MY = "com.apple.fmip"
"""`IsAssociated`: whether “Find My” ties it to somebody's Apple Account (libimobiledevice, idevicebackup2.c)."""
SETUP = "com.apple.purplebuddy"
"""`SetupDone`: whether somebody went through the setup assistant (the domain of Apple's Setup program)."""


@dataclass(frozen=True)
class Inventory:
    """Raw values, hostile; None where the device would not say."""

    values: Mapping[str, Any]
    battery: Mapping[str, Any]
    disk: Mapping[str, Any]
    find_my: bool | None
    setup_done: bool | None
    cloud: Mapping[str, Any] | None
    profiles: tuple[Profile, ...] | None
    apps: tuple[App, ...] | None
    is_locked: bool = False
    """True when a passcode kept us from reading profiles or apps."""

    @property
    def has_passcode(self) -> bool | None:
        """Whether somebody set a passcode."""
        return _claim(self.values.get("PasswordProtected"))

    @property
    def is_supervised(self) -> bool | None:
        """Whether an organisation supervises it."""
        return None if self.cloud is None else self.cloud.get("IsSupervised") is True

    @property
    def is_managed(self) -> bool | None:
        """Whether it belongs to somebody's device management; None: not known, which counts as managed for erasing.

        Supervised, assigned in Apple School Manager, or with a profile nobody may remove."""
        if self.cloud is None or self.profiles is None:
            return None
        return self.has_organisation or self.is_supervised is True or any(one.is_fixed for one in self.profiles)

    @property
    def has_organisation(self) -> bool:
        """Whether an organisation's name or server is written in it; neither is ever reported."""
        cloud = self.cloud or {}
        return any(cloud.get(name) for name in ("OrganizationName", "ConfigurationURL", "IsMDMUnremovable"))

    @property
    def awaits_setup(self) -> bool | None:
        """Whether it shows the setup assistant; None: cannot be told."""
        if self.values.get("ActivationState") == "Unactivated":
            return True
        return None if self.setup_done is None else not self.setup_done


async def read(ipad: IPad) -> Inventory:
    """A reading within one session. Raises `NotTrusted` and `Unreachable`; a lock leaves gaps."""
    async with ipad.session() as session:
        door = session.door
        values = await door.values()
        battery, disk = await door.values(BATTERY), await door.values(DISK)
        find_my = _claim(await door.value("IsAssociated", FIND_MY))
        setup_done = _claim(await door.value("SetupDone", SETUP))
        try:
            cloud, profiles = await _management(session)
            apps, is_locked = await _apps(session), False
        except NotTrusted:
            raise
        except NeedsPerson:
            cloud, profiles, apps, is_locked = None, None, None, True
    return Inventory(values, battery, disk, find_my, setup_done, cloud, profiles, apps, is_locked)


async def read_as_stranger(ipad: IPad) -> dict[str, Any]:
    """What the device tells those it does not trust."""
    async with ipad.door() as door:
        return await door.values()


async def _management(session: Session) -> tuple[Mapping[str, Any] | None, tuple[Profile, ...] | None]:
    with contextlib.suppress(Refused):
        async with session.service(services.PROFILES) as stream:
            return await services.cloud_configuration(stream), await services.profiles(stream)
    return None, None


async def _apps(session: Session) -> tuple[App, ...] | None:
    with contextlib.suppress(Refused):
        async with session.service(services.APPS) as stream:
            return await services.apps(stream)
    return None


def _claim(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
