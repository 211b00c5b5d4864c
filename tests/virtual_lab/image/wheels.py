"""The agent's Python parts as the lock file names them, for the guest's own Python."""

import subprocess
from pathlib import Path

from tests.virtual_lab.image.recipe import PROJECT

UV = PROJECT / ".tools/bin/uv"
PYTHON, PLATFORM = "3.11", "x86_64-manylinux_2_36"
"""Debian bookworm: CPython 3.11 on glibc 2.36."""


def wanted() -> str:
    """What an agent needs, with the hashes of the lock file."""
    asked = [UV, "export", "--frozen", "--quiet", "--extra", "agent", "--no-dev", "--no-emit-project", "--no-header"]
    return subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


def install(requirements: str, folder: Path) -> Path:
    """All of it in one folder of modules."""
    told, site = folder / "requirements.txt", folder / "site"
    told.write_text(requirements)
    command = [UV, "pip", "install", "--quiet", "--target", site, "--python-version", PYTHON, "--no-deps"]
    command += ["--python-platform", PLATFORM, "--only-binary", ":all:", "--link-mode", "copy", "-r", told]
    subprocess.run(command, cwd=PROJECT, check=True)
    return site
