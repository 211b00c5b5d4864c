"""What the guest is made of, where the finished parts are kept, and the key they are kept under."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
KERNEL = "linux-image-amd64"
"""The generic kernel: the one for clouds has neither Bluetooth nor USB gadgets."""


class LabError(Exception):
    """The virtual lab cannot be started here; the message says why, and what to do."""


def lines(name: str) -> list[str]:
    """The words of a list beside this file, without its comments."""
    kept = (line.partition("#")[0].strip() for line in (HERE / name).read_text().splitlines())
    return [line for line in kept if line]


def cache() -> Path:
    """`MEDIALAB_LAB_CACHE`, else a folder in the person's cache."""
    told = os.environ.get("MEDIALAB_LAB_CACHE")
    folder = Path(told) if told else Path.home() / ".cache" / "medialab-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def key(wheels: str) -> str:
    """A hash of all scripts, of the versions of all Debian parts and of the wanted wheels."""
    seen = hashlib.sha256(wheels.encode())
    for path in sorted(HERE.iterdir()):
        if path.is_file():
            seen.update(path.name.encode() + b"\0" + path.read_bytes())
    policy = ["apt-cache", "policy", KERNEL, *lines("packages.txt")]
    told = subprocess.run(policy, capture_output=True, text=True, check=True, env=os.environ | {"LC_ALL": "C"}).stdout
    versions = [line for line in told.splitlines() if not line.startswith(" ") or "Candidate:" in line]
    seen.update("\n".join(versions).encode())
    return seen.hexdigest()[:20]


def sources() -> list[str]:
    """Where this machine gets this Debian from, as `deb` lines; nothing else is asked."""
    targets = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
    told = subprocess.run(targets, capture_output=True, text=True, check=True).stdout
    found: list[str] = []
    for line in told.splitlines():
        site, release, component = line.split()
        if release.split("-")[0] == SUITE and component == "main":
            found.append(f"deb [signed-by={KEYRING}] {site} {release} {component}")
    if not found:
        raise LabError(
            f"No source of Debian {SUITE} in /etc/apt: the guest is made of it. Add one (deb MIRROR {SUITE} main) and "
            "run apt-get update."
        )
    return list(dict.fromkeys(found))


def apt_options() -> list[str]:
    """This machine's own way to its mirror: proxies, certificates and how old its lists may be."""
    told = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
    return [line for line in told.splitlines() if line.startswith(wanted) and not line.endswith('"";')]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One builder at a time; the others wait and find the work done."""
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield
