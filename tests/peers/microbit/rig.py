"""Runs programs for micro:bit V1 on QEMU's machine of that name, and fetches MicroPython's image as a foreign one."""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from medialab_agent.sdk.microbit.hexfile import memory_of, write_hex

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".cache/peers/microbit/bin/python"
QEMU = "qemu-system-arm"
DEVICE_ID = 0x1234567800000003
"""FICR of QEMU's nRF51 (hw/arm/nrf51_soc.c)."""


class PeerMissing(Exception):
    """A foreign program is not installed; the message says how to get it."""


class QemuMicrobit:
    """A micro:bit V1 whose flash holds exactly these bytes; to be used with `with`."""

    def __init__(self, flash: bytes) -> None:
        if shutil.which(QEMU) is None:
            raise PeerMissing(f"{QEMU} is missing: sudo apt-get install -y qemu-system-arm")
        self._folder = tempfile.TemporaryDirectory()
        image = Path(self._folder.name) / "image.hex"
        image.write_bytes(write_hex(memory_of({0: flash})))
        command = [QEMU, "-M", "microbit", "-display", "none", "-monitor", "none"]
        command += ["-device", f"loader,file={image}", "-serial", "pty"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.tty = self._find_tty()

    def _find_tty(self) -> str:
        assert self._process.stdout is not None
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = re.search(r"redirected to (/dev/pts/\d+)", self._process.stdout.readline())
            if found:
                return found[1]
        raise AssertionError("QEMU named no serial port")

    def __enter__(self) -> "QemuMicrobit":
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()


def micropython() -> bytes:
    """The universal hex of MicroPython that uflash carries: sections for V1 and V2."""
    return run_peer("import sys, uflash; sys.stdout.write(uflash._RUNTIME)").encode()


def run_peer(program: str, *arguments: str) -> str:
    """What a Python program prints that runs with the foreign packages."""
    if not PYTHON.exists():
        raise PeerMissing("the peer is missing: make -s .cache/peers/microbit/.synced")
    done = subprocess.run([PYTHON, "-c", program, *arguments], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
