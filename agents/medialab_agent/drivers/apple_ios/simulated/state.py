"""What a simulated iPad holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

STAFF_APPS = {"org.stopmotion.studio": "5.2", "org.scratchjr.ipad": "1.3", "com.ozobot.evo": "2.9"}
STAFF_PROFILE = "de.medienzentrum.wlan"


@dataclass
class SimProfile:
    """One configuration profile."""

    uuid: str
    is_fixed: bool = False


@dataclass
class IPadState:
    """One iPad, as staff prepared it."""

    udid: str
    name: str = "iPad"
    product: str = "iPad13,18"
    system: str = "17.6.1"
    apps: dict[str, str] = field(default_factory=lambda: dict(STAFF_APPS))
    profiles: dict[str, SimProfile] = field(default_factory=dict)
    photos: int = 0
    documents: int = 0
    has_passcode: bool = False
    setup_done: bool = True
    find_my: bool = False
    cloud: dict[str, Any] = field(default_factory=dict)
    hosts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Host id → what it sent when somebody tapped “Trust”."""

    def __post_init__(self) -> None:
        self._put_profile()

    def _put_profile(self) -> None:
        self.profiles.setdefault(STAFF_PROFILE, SimProfile(str(uuid5(NAMESPACE_DNS, STAFF_PROFILE))))

    @property
    def serial(self) -> str:
        """The number on its back."""
        return f"F{uuid5(NAMESPACE_DNS, self.udid).hex[:9].upper()}"

    def soil(self) -> None:
        """What a group leaves behind; before it, somebody has set up an empty one."""
        if not self.setup_done:
            self.setup_done, self.apps = True, dict(STAFF_APPS)
            self._put_profile()
        self.photos += 12
        self.documents += 3
        self.apps |= {"com.spiel.rennen": "1.0", "com.video.schnitt": "4.1"}
        self.profiles["com.beispiel.vpn"] = SimProfile(str(uuid5(NAMESPACE_DNS, "vpn")))

    def erase(self) -> None:
        """Back to the setup assistant; only an organisation's claim stays, for it lies with Apple."""
        self.apps.clear()
        self.profiles.clear()
        self.hosts.clear()
        self.photos = self.documents = 0
        self.has_passcode = self.setup_done = self.find_my = False
        self.name = "iPad"

    def residue(self) -> dict[str, int]:
        """What is left of a group."""
        return {
            "photos": self.photos,
            "documents": self.documents,
            "apps": len(self.apps.keys() - STAFF_APPS.keys()),
            "profiles": len(self.profiles.keys() - {STAFF_PROFILE}),
        }

    def values(self, public_key: bytes) -> dict[str, dict[str, Any]]:
        """lockdownd's domains; the empty one is what everybody may read, "" and "*" what the trusted may."""
        open_to_all = {
            "DeviceClass": "iPad",
            "DeviceName": self.name,
            "DevicePublicKey": public_key,
            "PasswordProtected": self.has_passcode,
            "ProductType": self.product,
            "ProductVersion": self.system,
            "UniqueDeviceID": self.udid,
            "WiFiAddress": "f0:d1:a9:00:00:01",
        }
        more = {
            "ActivationState": "Activated" if self.setup_done else "Unactivated",
            "BuildVersion": "21G93",
            "SerialNumber": self.serial,
            "TimeZone": "Europe/Berlin",
        }
        return {
            "": open_to_all,
            "*": open_to_all | more,
            "com.apple.mobile.battery": {"BatteryCurrentCapacity": 81, "BatteryIsCharging": True},
            "com.apple.disk_usage": {"TotalDiskCapacity": 64_000_000_000, "TotalDataAvailable": 41_000_000_000},
            "com.apple.fmip": {"IsAssociated": self.find_my},
            "com.apple.purplebuddy": {"SetupDone": True} if self.setup_done else {},
        }
