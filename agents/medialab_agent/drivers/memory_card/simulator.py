"""A camera with a card: the card is a folder on this machine, and mount(8) is a small program that shows it.

A real file system needs rights and a kernel that knows it; the virtual lab has both."""

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

_MOUNT = """#!/bin/sh
# mount: "-o OPTIONS -- CARD FOLDER" shows CARD as FOLDER; umount: "-l FOLDER" takes it away again
if [ "$1" = -l ]; then rm -f "$2"; mkdir "$2"; exit 0; fi
card=$4
case "$2" in ro,*) ;; *) echo "only read-only" >&2; exit 32;; esac
[ -e "$card.hang" ] && sleep 600
[ -e "$card.slow" ] && sleep 0.6
[ -e "$card.garbage" ] && { echo "wrong fs type, bad option, bad superblock on $card" >&2; exit 32; }
rmdir "$5" && ln -s "$card" "$5"
"""
STAFF = {"ANLEITUNG.TXT": b"Medienzentrum"}
LEARNERS = {
    "DCIM/100CANON/IMG_0001.JPG": b"photo",
    "DCIM/100CANON/MVI_0002.MP4": b"video",
    "STEREO/FOLDER01/ZOOM0001.WAV": b"voice",
    "notes.txt": b"names",
}


@dataclass(frozen=True)
class Maker:
    """How a device introduces itself on its cable (usb.ids), and how it calls its card."""

    vid: str
    pid: str
    vendor: str
    product: str
    label: str


CANON = Maker("04a9", "31ea", "Canon", "EOS 600D", "EOS_DIGITAL")
ZOOM = Maker("1686", "0045", "ZOOM", "H4n Handy Recorder", "H4N_SD")


@dataclass
class CameraSimulator(Simulator):
    """One camera or recorder in mass storage mode."""

    maker: Maker = CANON
    is_plugged: bool = False
    card: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="medialab-camera-")) / "card")

    def __post_init__(self) -> None:
        self.card.mkdir(parents=True)
        self._write(STAFF)

    async def start(self) -> None:
        """Plugged in."""
        self.is_plugged = True

    async def stop(self) -> None:
        """Pulled out."""
        self.is_plugged = False

    def discard(self) -> None:
        """Throw the card away."""
        shutil.rmtree(self.card.parent, ignore_errors=True)

    def sighting(self) -> Sighting:
        """As udev and blkid tell it."""
        maker = self.maker
        facts = {"vid": maker.vid, "pid": maker.pid, "vendor": maker.vendor, "product": maker.product}
        facts |= {"serial": self.serial, "path": f"simulated-usb-{self.serial}", "labels": f":{maker.label}:"}
        more = {"interfaces": ":080650:", "volumes": str(self.card)}
        return Sighting(source="usb", key=f"/devices/usb1/{self.serial}", facts={**facts, **more})

    def soil(self) -> None:
        """A photo, a video, a recording and a note."""
        self._write(LEARNERS)

    def residue(self) -> Mapping[str, int]:
        """Files that are not the staff's."""
        files = [path for path in self.card.rglob("*") if path.is_file()]
        return {"files": sum(1 for path in files if str(path.relative_to(self.card)) not in STAFF)}

    def impose(self, fault: Fault) -> None:
        """Switch a fault on, where the stand-in for mount sees it."""
        self.faults.add(fault)
        marks = {
            Fault.HANG: ".hang",
            Fault.GARBAGE: ".garbage",
            Fault.LOCKED: ".garbage",
            Fault.DIE: ".garbage",
            Fault.SLOW: ".slow",
        }
        if (mark := marks.get(fault)) is not None:
            Path(f"{self.card}{mark}").touch()

    def hands(self, step: str) -> bool:
        """Formats the card and copies the staff's file back; a stuck write protection says no."""
        if Fault.REFUSE in self.faults:
            return False
        if step == "format":
            self.log.append(Effect(time.monotonic(), "format"))
            keeps = Fault.RESIDUE in self.faults
            for path in list(self.card.iterdir()):
                if path.is_dir():
                    if not keeps:
                        shutil.rmtree(path)
                else:
                    path.unlink()
            self._write(STAFF)
        return True

    def _write(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = self.card / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def scene() -> tuple[CameraSimulator, ...]:
    """Two cameras and a recorder; a folder on the card of the second camera stays, as after a careless format."""
    careless = CameraSimulator("CAM0002", {Fault.RESIDUE})
    return (CameraSimulator("CAM0001"), careless, CameraSimulator("REC0001", maker=ZOOM))


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """A stand-in for mount(8) that shows folders as cards."""
    folder = Path(tempfile.mkdtemp(prefix="medialab-mount-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    program = folder / "mount"
    program.write_text(_MOUNT, encoding="utf-8")
    program.chmod(0o700)
    for simulator in simulators:
        await simulator.start()
        stack.push_async_callback(simulator.stop)
        if isinstance(simulator, CameraSimulator):
            stack.callback(simulator.discard)
    return {"mount": str(program)}
