"""Gathers what the doctor judges: what this machine has, for the drivers that were given."""

import ctypes.util
import getpass
import grp
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from medialab_agent.discovery.addresses import is_only_here, local_addresses
from medialab_agent.discovery.usb_reader import bus_exists, udev_runs
from medialab_agent.sdk.program import installed
from medialab_wire.capabilities import DriverManifest

RULE_FOLDERS = ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d")
"""udev(7)"""

BLUETOOTH = "/sys/class/bluetooth"
DPKG = "/var/lib/dpkg/info"
SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


@dataclass(frozen=True)
class Facts:
    """About this machine and the user this program runs as. `packages` is None where dpkg keeps no list."""

    manifests: tuple[DriverManifest, ...] = ()
    user: str = "medialab"
    is_root: bool = False
    groups: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    packages: frozenset[str] | None = None
    udev_rules: frozenset[str] = frozenset()
    has_libudev: bool = False
    has_usb: bool = False
    has_udev: bool = False
    has_dbus: bool = False
    has_bluetooth: bool = False
    has_network: bool = False


def collect(manifests: Iterable[DriverManifest]) -> Facts:
    """Look at this machine; reads files only, changes nothing, takes no rights. Blocking."""
    drivers = tuple(manifests)
    addresses = local_addresses()
    wanted = {tool for manifest in drivers for tool in manifest.needs.tools}
    return Facts(
        manifests=drivers,
        user=_user(),
        is_root=os.geteuid() == 0,
        groups=frozenset(_groups()),
        tools=frozenset(tool for tool in wanted if installed(tool)),
        packages=_packages(Path(DPKG)),
        udev_rules=frozenset(rule for folder in RULE_FOLDERS for rule in _rules(Path(folder))),
        has_libudev=ctypes.util.find_library("udev") is not None,
        has_usb=bus_exists(),
        has_udev=udev_runs(),
        has_dbus=_answers(os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", SYSTEM_BUS)),
        has_bluetooth=any(_entries(Path(BLUETOOTH))),
        has_network=bool(addresses) and not is_only_here(addresses),
    )


def rule_key(rule: str) -> str:
    """Two rules that differ in spaces only are the same; a comment has no key."""
    bare = "".join(rule.split())
    return "" if bare.startswith("#") else bare


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())


def _groups() -> Iterator[str]:
    for gid in {*os.getgroups(), os.getegid()}:
        try:
            yield grp.getgrgid(gid).gr_name
        except KeyError:
            continue


def _packages(folder: Path) -> frozenset[str] | None:
    names = frozenset(file.stem.partition(":")[0] for file in _entries(folder) if file.suffix == ".list")
    return names or None


def _rules(folder: Path) -> Iterator[str]:
    for file in _entries(folder):
        if file.suffix == ".rules":
            try:
                lines = file.read_text(encoding="utf-8", errors="replace").replace("\\\n", "").splitlines()
            except OSError:
                continue
            yield from filter(None, map(rule_key, lines))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _answers(address: str) -> bool:
    """Whether something listens at a D-Bus address of the form `unix:path=…` (D-Bus specification)."""
    kind, _, rest = address.partition(":")
    path = dict(part.partition("=")[::2] for part in rest.split(",")).get("path", "")
    if kind != "unix" or not path:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        return probe.connect_ex(unquote(path)) == 0
