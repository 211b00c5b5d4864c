"""Traces on iPads, on memory cards, and on things that only hands change."""

from collections.abc import Callable
from typing import Any

from medialab_agent.drivers.apple_ios.simulated.state import STAFF_PROFILE, SimProfile
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.drivers.checklist.simulator import ChecklistSimulator
from medialab_agent.drivers.memory_card.simulator import ZOOM, CameraSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import Outcome
from tests.drivers.traces.planting import Family, Trace

VPN = "com.beispiel.vpn"


def _put_profile(simulator: IPadSimulator, *, is_fixed: bool = False) -> None:
    simulator.state.profiles[VPN] = SimProfile("6B0E7C2A-0000-4000-8000-000000000001", is_fixed)


def _has_profile(simulator: IPadSimulator) -> bool:
    return VPN in simulator.state.profiles


def _add(name: str, number: int) -> Callable[[IPadSimulator], None]:
    return lambda simulator: setattr(simulator.state, name, number)


def _has(name: str) -> Callable[[IPadSimulator], Any]:
    return lambda simulator: getattr(simulator.state, name)


IPAD = Family(
    "apple-ios",
    "iPad, tidied",
    lambda: IPadSimulator("iPad Spur"),
    (
        Trace("app", lambda s: s.state.apps.update({"com.spiel.rennen": "1.0"}),
              lambda s: "com.spiel.rennen" in s.state.apps,
              "apps", Outcome.UNVERIFIED, "photos"),
        Trace("profile", _put_profile, _has_profile, "profiles", Outcome.UNVERIFIED, "photos"),
        Trace("fixed-profile", lambda s: _put_profile(s, is_fixed=True), _has_profile, "profiles",
              Outcome.QUARANTINED, "profiles"),
        Trace("photos", _add("photos", 12), _has("photos"), "", Outcome.UNVERIFIED, "photos"),
        Trace("documents", _add("documents", 3), _has("documents"), "", Outcome.UNVERIFIED, "app-data"),
        Trace("passcode", _add("has_passcode", True), _has("has_passcode"), "", Outcome.QUARANTINED, "passcode"),
        Trace("lab-profile-gone", lambda s: s.state.profiles.pop(STAFF_PROFILE),
              lambda s: STAFF_PROFILE not in s.state.profiles, "", Outcome.QUARANTINED, "profiles"),
    ),
    level="session",
)  # fmt: skip
"""Apple lets nobody look at photos and documents: without a full erase an iPad is never called clean."""

ERASED_IPAD = Family(
    "apple-ios",
    "iPad, erased",
    lambda: IPadSimulator("iPad Spur"),
    (
        Trace("photos", _add("photos", 12), _has("photos")),
        Trace("documents", _add("documents", 3), _has("documents")),
    ),
    level="erase",
)


def _file(name: str) -> tuple[Callable[[CameraSimulator], None], Callable[[CameraSimulator], bool]]:
    def plant(simulator: CameraSimulator) -> None:
        path = simulator.card / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of the last group")

    return plant, lambda simulator: (simulator.card / name).exists()


def _kept_folder(simulator: CameraSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    _file("DCIM/100CANON/IMG_0001.JPG")[0](simulator)


CAMERA = Family(
    "memory-card",
    "camera",
    lambda: CameraSimulator("CAM0009"),
    (
        Trace("photo", *_file("DCIM/100CANON/IMG_0001.JPG"), "photos"),
        Trace("video", *_file("DCIM/100CANON/MVI_0002.MP4"), "videos"),
        Trace("unusual-place", *_file("MISC/.versteckt/namen.txt"), "files"),
        Trace("kept-folder", _kept_folder, _file("DCIM/100CANON/IMG_0001.JPG")[1], "photos",
              Outcome.QUARANTINED, "card-empty"),
    ),
)  # fmt: skip
RECORDER = Family(
    "memory-card",
    "recorder",
    lambda: CameraSimulator("REC0009", maker=ZOOM),
    (Trace("recording", *_file("STEREO/FOLDER01/ZOOM0001.WAV"), "recordings"),),
)


def _program(simulator: ChecklistSimulator) -> None:
    simulator.left_behind = {"programs": 1}


def _stubborn_program(simulator: ChecklistSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    _program(simulator)


BEE_BOT = Family(
    "checklist",
    "Bee-Bot",
    lambda: ChecklistSimulator("bee-bot.9"),
    (
        Trace("program", _program, lambda s: s.left_behind),
        Trace("stubborn-program", _stubborn_program, lambda s: s.left_behind, "", Outcome.QUARANTINED, "cleared"),
    ),
)

FAMILIES = (IPAD, ERASED_IPAD, CAMERA, RECORDER, BEE_BOT)
