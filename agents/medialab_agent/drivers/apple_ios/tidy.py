"""The reset between two groups: apps and profiles back to the recorded good state. More Apple does not allow."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.apple_ios import services
from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.inventory import Inventory
from medialab_agent.drivers.apple_ios.services import Profile
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.steps import Done, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

REMOVE_APPS = Step(
    "remove-apps",
    Text(de="Neu installierte Apps mit ihren Daten entfernen", en="Remove newly installed apps with their data"),
    deadline_s=900,
)
REMOVE_PROFILES = Step("remove-profiles", Text(de="Neue Profile entfernen", en="Remove new profiles"), deadline_s=120)


def baseline_of(now: Inventory) -> dict[str, Any]:
    """Apps with versions, and profiles. Raises `NeedsPerson` while a lock hides them."""
    if now.apps is None or now.profiles is None:
        raise NeedsPerson(
            "device-locked",
            Text(de="Apps und Profile sind nicht lesbar.", en="Apps and profiles cannot be read."),
            Text(de="iPad entsperren und noch einmal versuchen.", en="Unlock the iPad and try again."),
        )
    return {
        "apps": {app.identifier: app.version for app in now.apps},
        "profiles": {profile.identifier: profile.uuid for profile in now.profiles},
    }


class Wanted:
    """What differs from the recorded good state; None where it cannot be read."""

    def __init__(self, now: Inventory, baseline: Mapping[str, Any]) -> None:
        self._now = now
        apps, profiles = baseline.get("apps"), baseline.get("profiles")
        self.is_usable = isinstance(apps, dict) and isinstance(profiles, dict)
        self._apps: dict[str, Any] = apps if isinstance(apps, dict) else {}
        self._profiles: dict[str, Any] = profiles if isinstance(profiles, dict) else {}

    @property
    def extra_apps(self) -> list[str] | None:
        """Apps that were not there."""
        apps = self._now.apps
        return None if apps is None else [app.identifier for app in apps if app.identifier not in self._apps]

    @property
    def missing_apps(self) -> list[str] | None:
        """Apps that were there."""
        if self._now.apps is None:
            return None
        here = {app.identifier for app in self._now.apps}
        return [name for name in self._apps if name not in here]

    @property
    def extra_profiles(self) -> list[Profile] | None:
        """Profiles that were not there, or not these."""
        if self._now.profiles is None:
            return None
        return [one for one in self._now.profiles if self._profiles.get(one.identifier) != one.uuid]

    @property
    def missing_profiles(self) -> list[str] | None:
        """Profiles that were there."""
        if self._now.profiles is None:
            return None
        here = {one.identifier for one in self._now.profiles}
        return [name for name in self._profiles if name not in here]


def plan(wanted: Wanted) -> tuple[Step, ...]:
    """Nothing where nothing is to do. Raises `NeedsPerson` without a usable baseline."""
    if not wanted.is_usable:
        raise NeedsPerson(
            "no-baseline",
            Text(
                de="Für dieses iPad ist noch kein guter Zustand festgehalten.",
                en="No good state is recorded for this iPad yet.",
            ),
            Text(
                de="iPad vorbereiten und „Guten Zustand festhalten“ wählen.",
                en="Prepare it and choose “Record the good state”.",
            ),
        )
    # what cannot be read now may be readable then: the step looks for itself
    return (
        *([REMOVE_APPS] if wanted.extra_apps != [] else []),
        *([REMOVE_PROFILES] if wanted.extra_profiles != [] else []),
    )


async def remove_apps(ipad: IPad, wanted: Wanted, say: Say) -> Done:
    """Each with its data."""
    names = wanted.extra_apps or []
    async with ipad.session() as session:
        for at, name in enumerate(names):
            async with session.service(services.APPS) as stream:
                await services.uninstall(stream, name)
            say((at + 1) / len(names))
    return Done(bool(names), count("Apps", "Apps", len(names)))


async def remove_profiles(ipad: IPad, wanted: Wanted, say: Say) -> Done:
    """Those a person may remove; others stay, and the check says so."""
    found = [profile for profile in wanted.extra_profiles or [] if not profile.is_fixed]
    if not found:
        return Done(changed=False)
    async with ipad.session() as session, session.service(services.PROFILES) as stream:
        for at, profile in enumerate(found):
            await services.remove_profile(stream, profile)
            say((at + 1) / len(found))
    return Done(True, count("Profile", "Profiles", len(found)))
