"""Two real adb programs: Debian's, and the newer one of Google that a Python package brings along."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HOME = ROOT / ".cache/peers/adb_newer"
DEBIAN, NEWER = "29.0.6", "36.0.0"
BOTH = pytest.mark.parametrize("adb_version", [DEBIAN, NEWER], indirect=True)
"""For what must hold with either; everything else runs with Debian's alone."""


class PeerMissing(Exception):
    """An adb is not installed, or another one than announced; the message says how to get it."""


def program(version: str) -> Path:
    """The program of this version. Raises `PeerMissing`."""
    found = Path(shutil.which("adb") or "adb") if version == DEBIAN else _newer()
    if not found.is_file():
        way = "apt install adb" if version == DEBIAN else f"make {HOME.relative_to(ROOT)}/.synced"
        raise PeerMissing(f"adb {version} is missing: {way}")
    return found


def _newer() -> Path:
    return next(HOME.glob("lib/python3*/site-packages/adbutils/binaries/adb"), HOME / "adb")


def says(adb: Path) -> str:
    """The version a program prints of itself."""
    told = subprocess.run([adb, "version"], capture_output=True, text=True, timeout=20, check=True).stdout
    return next(line.split()[1] for line in told.splitlines() if line.startswith("Version"))
