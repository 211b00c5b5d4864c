"""Hub, agent and fleet as processes of their own that can be killed at any moment and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH")


@dataclass
class Program:
    """One program with its own environment; everything it says goes to one file, over all its lives."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    started: float = 0.0
    """Monotonic seconds of its last start."""
    lives: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        base = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, env=base | self.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.started = time.monotonic()
        self.lives += 1

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self._process is not None:
            self.check()
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def check(self) -> None:
        """Raises `AssertionError` with its last words when it ended by itself."""
        assert self._process is not None, f"{self.name} was not started"
        code = self._process.poll()
        assert code is None, f"{self.name} ended by itself with {code}:\n{self.last_words()}"

    def last_words(self, lines: int = 40) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def hub_program(folder: Path, port: int, mqtt_url: str) -> Program:
    """`medialab-hub serve` on a fixed port with a data folder of its own."""
    env = {
        "MEDIALAB_HTTP_PORT": str(port),
        "MEDIALAB_MQTT_URL": mqtt_url,
        "MEDIALAB_DATA_DIR": str(folder / "hub"),
        "MEDIALAB_MDNS": "false",
    }
    return Program("hub", [str(BIN / "medialab-hub"), "serve"], folder / "hub.log", env)


def agent_program(folder: Path, mqtt_url: str, adb_port: int, parallel: int) -> Program:
    """`medialab-agent run` that looks at nothing but this adb server."""
    env = {
        "MEDIALAB_AGENT_ID": "chaos",
        "MEDIALAB_MQTT_URL": mqtt_url,
        "MEDIALAB_DATA_DIR": str(folder / "agent"),
        "MEDIALAB_SOURCES": "none",
        "MEDIALAB_MAX_PARALLEL": str(parallel),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(adb_port),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
    }
    return Program("agent", [str(BIN / "medialab-agent"), "run"], folder / "agent.log", env)


class FleetProgram:
    """The simulated lab (see `fleet.py`)."""

    def __init__(self, folder: Path, devices: int, latency_s: float, seed: int) -> None:
        command = [sys.executable, "-m", "tests.chaos.fleet", "--devices", str(devices), "--log", str(folder)]
        command += ["--latency", str(latency_s), "--seed", str(seed)]
        with (folder / "fleet.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self.trace = folder / "trace.jsonl"
        told = self._answer()
        self.adb_port = int(told["adb_port"])
        self.addresses: dict[str, str] = told["devices"]
        """Serial of each device → the address that adb calls its serial."""

    def soil(self) -> None:
        """A group of learners uses every device."""
        self._ask("soil")

    def residue(self) -> dict[str, dict[str, int]]:
        """What is left on the devices, by their own account; clean ones are left out."""
        return cast(dict[str, dict[str, int]], self._ask("residue"))

    def stop(self) -> None:
        """End it with its adb server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, word: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the fleet ended by itself; see fleet.log"
        return cast(dict[str, Any], json.loads(line))
