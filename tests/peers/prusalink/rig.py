"""Runs a real PrusaLink with a printer on a pseudo terminal, as foreign programs in a network of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from getpass import getuser
from hashlib import md5
from pathlib import Path

import httpx

from tests.peers.octoprint.wire import Cable

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAM = ROOT / ".cache/peers/prusalink/bin/prusalink"
USER, PASSWORD, KEY = "maker", "Fixture-Pass1", "plfixturekey123"
HOSTNAME = "prusa-mk3-road"
CONFIG = """\
[daemon]
data_dir = {base}
pid_file = {base}/prusalink.pid
power_panic_file = {base}/power_panic
threshold_file = {base}/threshold.data
user = {user}
group = {user}
[http]
address = {host}
port = {port}
[printer]
port = {base}/tty
settings = {base}/settings.ini
directory = {base}/gcodes
[cameras]
auto_detect = no
"""
SETTINGS = """\
[printer]
type = MK3S
name = MK3S Lab
location = Lab
farm_mode = False
network_error_chime = False
[network]
hostname = mk3s
[service::local]
enable = 1
username = {user}
digest = {digest}
api_key = {key}
[service::connect]
hostname = connect.prusa3d.com
tls = True
port = 0
token =
[camera_order]
"""


class PeerMissing(Exception):
    """The foreign program is not installed; the message says how to get it."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrusaLinkPeer:
    """One PrusaLink and its printer; as root in a namespace with its own host name, else on loopback.

    Its folder must not lie under /tmp: PrusaLink offers no storage from there."""

    def __init__(self) -> None:
        # the tree itself may lie under /tmp
        self.base = Path(tempfile.mkdtemp(prefix="prusalink-rig-", dir="/var/tmp"))
        self.cable = Cable() if os.geteuid() == 0 else None
        self.host = self.cable.there if self.cable else "127.0.0.1"
        self.port = 8080 if self.cable else _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.admin = httpx.Client(base_url=self.url, headers={"X-Api-Key": KEY}, timeout=20, trust_env=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"

    def launch(self) -> None:
        """Start both programs; returns at once."""
        if not PROGRAM.exists():
            raise PeerMissing(f"{PROGRAM} is missing: make peers")
        (self.base / "gcodes").mkdir()
        (self.base / "prusalink.ini").write_text(
            CONFIG.format(base=self.base, host="0.0.0.0", port=self.port, user=getuser())
        )
        digest = md5(f"{USER}:Administrator:{PASSWORD}".encode()).hexdigest()
        (self.base / "settings.ini").write_text(SETTINGS.format(user=USER, digest=digest, key=KEY))
        self._run(sys.executable, str(HERE / "printer.py"), str(self.base / "tty"))
        while not (self.base / "tty").is_symlink():
            time.sleep(0.02)
        command = [str(PROGRAM), "-f", "-c", str(self.base / "prusalink.ini")]
        if self.cable:
            self.cable.plug_in()
            command = self.cable.inside(HOSTNAME, command)
        self._run(*command)

    def _run(self, *command: str) -> None:
        with (self.base / "console.log").open("ab") as log:
            self._processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.base))

    def wait_ready(self, seconds: float = 90) -> None:
        """Wait until its printer is connected; PrusaLink waits eight seconds for it to boot."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self._processes):
                raise RuntimeError((self.base / "console.log").read_text()[-2000:])
            try:
                answer = self.admin.get("/api/v1/status")
                if answer.status_code == 200 and answer.json()["printer"]["state"] == "IDLE":
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError((self.base / "console.log").read_text()[-2000:])

    def stop(self) -> None:
        """End both and remove their folder."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.admin.close()
        if self.cable:
            self.cable.remove()
        shutil.rmtree(self.base, ignore_errors=True)
