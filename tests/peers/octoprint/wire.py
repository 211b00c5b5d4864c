"""One network cable to a namespace of its own: a veth pair whose far end is the printer's only interface."""

import itertools
import os
import subprocess
from pathlib import Path

_numbers = itertools.count()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


class Cable:
    """A namespace with one address, reachable from here and from nowhere else; it has no default route."""

    def __init__(self) -> None:
        number = (os.getpid() * 8 + next(_numbers)) % 16000
        self.namespace = f"octo-{os.getpid()}-{number}"
        self._near = f"mlo{number}"
        net = f"10.78.{number // 64}.{number % 64 * 4}".rsplit(".", 1)
        self.here = f"{net[0]}.{int(net[1]) + 1}"
        self.there = f"{net[0]}.{int(net[1]) + 2}"

    def plug_in(self) -> None:
        """Create namespace and cable. Needs root."""
        ns = self.namespace
        _run("ip", "netns", "add", ns)
        _run("ip", "link", "add", self._near, "type", "veth", "peer", "name", "eth0", "netns", ns)
        _run("ip", "addr", "add", f"{self.here}/30", "dev", self._near)
        _run("ip", "link", "set", self._near, "up")
        _run("ip", "-n", ns, "link", "set", "lo", "up")
        _run("ip", "-n", ns, "addr", "add", f"{self.there}/30", "dev", "eth0")
        _run("ip", "-n", ns, "link", "set", "eth0", "up")
        _run("ip", "-n", ns, "route", "add", "224.0.0.0/4", "dev", "eth0")

    def link(self, up: bool) -> None:
        """Pull the cable out, or put it back."""
        _run("ip", "link", "set", self._near, "up" if up else "down")

    def remove(self) -> None:
        """Remove both; the cable goes with its namespace."""
        if Path(f"/run/netns/{self.namespace}").exists():
            _run("ip", "netns", "del", self.namespace)

    def inside(self, hostname: str, command: list[str]) -> list[str]:
        """The command, to be run in the namespace under a host name of its own (mDNS names collide otherwise)."""
        script = 'hostname "$0"; exec "$@"'
        return ["ip", "netns", "exec", self.namespace, "unshare", "--uts", "sh", "-c", script, hostname, *command]
