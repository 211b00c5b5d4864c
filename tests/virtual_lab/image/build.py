"""Builds the guest where it is not built yet: disk, kernel, first start, picture of its memory."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.virtual_lab.image import kernel, recipe, root, wheels
from tests.virtual_lab.image.recipe import LabError
from tests.virtual_lab.machine import Machine, probe

T = TypeVar("T")
KERNEL_S = 300.0
"""Seconds until the kernel's package must have come."""
PARTS = ("root.img", "vmlinux", "initrd.cpio", "ready.qcow2", "accel")
WARM_UP = "import asyncio, bleak, cryptography.x509, httpx, paho.mqtt.client, pydantic, pyudev, websockets, zeroconf"
"""What an agent imports: it is in the guest's memory before the picture is taken."""


@dataclass(frozen=True)
class Image:
    """A finished guest: `folder` holds its parts, `ready.qcow2` the disk with the picture of its memory."""

    folder: Path
    accel: str
    was_cold: bool
    durations: dict[str, float]


class Stopwatch:
    """Seconds of each part, in the order in which they ended."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, work: Callable[..., T], *arguments: object) -> T:
        begun = time.monotonic()
        result = work(*arguments)
        self.seconds[name] = round(time.monotonic() - begun, 1)
        return result


def image() -> Image:
    """The guest, from the cache or built now. Raises LabError."""
    watch = Stopwatch()
    wanted = watch.timed("wheels wanted", wheels.wanted)
    folder = recipe.cache() / watch.timed("key", recipe.key, wanted)
    with recipe.only_one(recipe.cache()):
        cold = not all((folder / name).exists() for name in PARTS)
        if cold:
            begun = time.monotonic()
            _forget(keep=folder)
            _build(folder, wanted, watch)
            watch.seconds["all"] = round(time.monotonic() - begun, 1)
    return Image(folder, (folder / "accel").read_text(), cold, watch.seconds)


def _forget(keep: Path, newest: int = 1) -> None:
    """Guests of older recipes, but for the newest: each takes more than half a gigabyte."""
    old = [path for path in recipe.cache().iterdir() if path.is_dir() and path != keep]
    for path in sorted(old, key=lambda path: path.stat().st_mtime, reverse=True)[newest:]:
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(keep, ignore_errors=True)


def _build(folder: Path, wanted: str, watch: Stopwatch) -> None:
    """All parts; what needs no other part is made beside it."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="medialab-lab-", dir=recipe.cache()) as place:
        work = Path(place)
        with ThreadPoolExecutor(3) as pool:
            debian = pool.submit(watch.timed, "debian", root.bootstrap, work)
            site = pool.submit(watch.timed, "wheels", wheels.install, wanted, work)
            modules = pool.submit(_kernel, work, debian.done, watch)
        watch.timed("customise", root.customise, debian.result(), modules.result(), site.result())
        watch.timed("disk", root.disk, debian.result(), folder)
        for name in ("vmlinux", "initrd.cpio"):
            shutil.copy2(work / name, folder / name)
        (folder / "accel").write_text(watch.timed("probe", probe, folder, work))
        watch.timed("first start", _first_start, folder, work)


def _kernel(work: Path, is_over: Callable[[], bool], watch: Stopwatch) -> Path:
    """As soon as its package is there: unpack it, gather modules and the first disk."""
    package = work / "kernel.deb"
    deadline = time.monotonic() + KERNEL_S
    while not package.exists():
        if is_over() or time.monotonic() > deadline:
            raise LabError(f"The guest's kernel did not come: {(work / 'bootstrap.log').read_text()[-1500:]}")
        time.sleep(0.2)
    tree = watch.timed("kernel", kernel.unpack, package, work)
    found = watch.timed("modules", kernel.modules, tree, work)
    watch.timed("initramfs", kernel.initramfs, tree, work)
    return found


def _first_start(folder: Path, work: Path) -> None:
    """Start it, let it settle, and keep the picture of its memory."""
    disk = work / "first.qcow2"
    create = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", folder / "root.img", "-F", "raw", disk]
    subprocess.run(create, check=True)
    machine = Machine(folder, disk, work, (folder / "accel").read_text())
    try:
        machine.wait()
        state = machine.run("/bin/systemctl", "is-system-running", "--wait", seconds=240)
        if state.out.strip() != "running":
            failed = machine.run("/bin/systemctl", "--failed", "--no-legend", "--plain").out
            raise LabError(f"The guest is {state.out.strip()}: {failed}")
        machine.shell(f"/usr/sbin/runuser -u medialab -- python3 -c '{WARM_UP}'; adb version; sync", 240)
        machine.monitor("savevm ready")
    finally:
        machine.end()
    shutil.move(disk, folder / "ready.qcow2")


if __name__ == "__main__":
    made = image()
    sys.stdout.write(f"{made}\n")
