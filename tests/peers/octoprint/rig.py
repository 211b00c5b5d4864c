"""Runs a real OctoPrint with its virtual printer, as a foreign program in a network namespace of its own."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import yaml

from tests.peers.octoprint.wire import Cable

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAM = ROOT / ".cache/peers/octoprint/bin/octoprint"
ADMIN_KEY = "FEDCBA9876543210FEDCBA9876543210"
USER, PASSWORD = "admin", "wissen-teilen"


class PeerMissing(Exception):
    """The foreign program is not installed; the message says how to get it."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OctoPrintPeer:
    """One OctoPrint in `base`. As root it lives in its own namespace with its own host name, else on loopback."""

    def __init__(self, base: Path, hostname: str = "octopi-a", cable: Cable | None = None) -> None:
        self.base, self.hostname = base, hostname
        self.cable = cable or (Cable() if os.geteuid() == 0 else None)
        self.host = self.cable.there if self.cable else "127.0.0.1"
        self.port = 5000 if self.cable else _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.admin = httpx.Client(base_url=self.url, headers={"X-Api-Key": ADMIN_KEY}, timeout=20, trust_env=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"

    @property
    def here(self) -> str:
        """Our own address on its network."""
        return self.cable.here if self.cable else "127.0.0.1"

    def prepare(self) -> None:
        """Install the fixture's settings and plug in the cable."""
        if not PROGRAM.exists():
            venv = PROGRAM.parents[1].relative_to(ROOT)
            wants = HERE.relative_to(ROOT) / "requirements.txt"
            raise PeerMissing(
                f"{PROGRAM} is missing: uv venv {venv} && uv pip install --python {venv}/bin/python -r {wants}"
            )
        self.base.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "users.yaml", self.base / "users.yaml")
        settings = yaml.safe_load((HERE / "config.yaml").read_text())
        if self.cable:
            self.cable.plug_in()
        else:  # it would announce the addresses of this machine, where it does not listen
            settings["plugins"]["discovery"] = {"addresses": ["127.0.0.1"]}
        (self.base / "config.yaml").write_text(yaml.safe_dump(settings))

    def launch(self) -> None:
        """Start the program; returns at once."""
        command = [str(PROGRAM), "-b", str(self.base), "serve", "--host", self.host, "--port", str(self.port)]
        command.append("--iknowwhatimdoing")
        if self.cable:
            command = self.cable.inside(self.hostname, command)
        with (self.base / "console.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.base)

    def wait_ready(self, seconds: float = 90) -> None:
        """Wait until its printer is connected."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError((self.base / "console.log").read_text()[-2000:])
            try:
                if self.admin.get("/api/printer").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError((self.base / "console.log").read_text()[-2000:])

    def start(self) -> None:
        """Prepare, launch and wait."""
        self.prepare()
        self.launch()
        self.wait_ready()

    def kill(self) -> None:
        """End the program without a farewell, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the program and remove what `prepare` made outside `base`."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self.admin.close()
        if self.cable:
            self.cable.remove()
